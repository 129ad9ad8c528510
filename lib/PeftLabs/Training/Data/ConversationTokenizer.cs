using System.Text.Json.Nodes;
using PeftLabs.Tokenization;

namespace PeftLabs.Training;

/// <summary>Turns conversations into examples of which only what the assistant says is learned.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="template">The model's chat template.</param>
public sealed class ConversationTokenizer(HuggingFaceTokenizer tokenizer, ChatTemplate template)
{
    /// <summary>
    /// The conversation as the template writes it. A token is learned where it holds any of what the assistant wrote, the token that ends
    /// its turn included; white space that the template puts behind that one is not.
    /// </summary>
    /// <exception cref="ChatTemplateException">
    /// The template refuses the conversation, or what the assistant wrote cannot be told apart (<see cref="ChatTemplate.RenderMarked"/>).
    /// </exception>
    public TokenizedExample Tokenize(IReadOnlyList<ChatMessage> messages, JsonArray? tools = null)
    {
        var chat = template.RenderMarked(messages, tools);
        // The template writes the token that begins a text, where there is one.
        var (ids, offsets) = tokenizer.EncodeWithOffsets(chat.Text, addSpecialTokens: false);
        var learned = new bool[ids.Count];
        var at = 0;
        foreach (var range in chat.Assistant)
        {
            var (start, end) = (range.Start.Value, range.End.Value);
            while (at < ids.Count && offsets[at].End.Value <= start)
                at++;
            var first = at;
            for (; at < ids.Count && offsets[at].Start.Value < end; at++)
                learned[at] = true;
            if (!chat.IsMarkedByTemplate)
                LeaveTrailingSpace(chat.Text, ids, offsets, learned, first, at);
        }
        return new(ids) { Learned = learned };
    }

    private void LeaveTrailingSpace(
        string text, IReadOnlyList<int> ids, IReadOnlyList<Range> offsets, bool[] learned, int first, int end)
    {
        var last = end - 1;
        while (last >= first && !tokenizer.IsSpecial(ids[last]))
            last--;
        if (last < first || !string.IsNullOrWhiteSpace(text[offsets[last].End.Value..offsets[end - 1].End.Value]))
            return;
        learned.AsSpan(last + 1, end - last - 1).Clear();
    }
}
