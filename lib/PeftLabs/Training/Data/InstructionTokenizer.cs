using PeftLabs.Tokenization;

namespace PeftLabs.Training;

/// <summary>Turns records of instruction data into examples.</summary>
public sealed class InstructionTokenizer
{
    private readonly HuggingFaceTokenizer _tokenizer;
    private readonly InstructionOptions _options;
    private readonly ConversationTokenizer? _conversations;
    private readonly int? _end;

    /// <summary>A tokenizer of records.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">
    /// The model's chat template: conversations need one; instructions become one turn of each side where there is one, and otherwise
    /// the prompt that Alpaca made common ("### Instruction:", "### Input:", "### Response:").
    /// </param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// <see cref="InstructionOptions.AppendEnd"/> is set, and neither options nor tokenizer name the token that ends a text.
    /// </exception>
    public InstructionTokenizer(HuggingFaceTokenizer tokenizer, ChatTemplate? template = null, InstructionOptions? options = null)
    {
        (_tokenizer, _options) = (tokenizer, options ?? new());
        _conversations = template is null ? null : new(tokenizer, template);
        if (!_options.AppendEnd)
            return;
        _end = _options.EndId ?? tokenizer.EosId ?? throw new ArgumentException(
            $"{nameof(InstructionOptions.AppendEnd)} is set, and the tokenizer's files name no token that ends a text; set "
            + $"{nameof(InstructionOptions.EndId)}, or {nameof(InstructionOptions.AppendEnd)} to false.", nameof(options));
    }

    /// <summary>The example of a record.</summary>
    /// <exception cref="ArgumentException">
    /// The record is a conversation and there is no chat template; or the example is longer than <see cref="InstructionOptions.MaxTokens"/>,
    /// or nothing in it is learned.
    /// </exception>
    /// <exception cref="ChatTemplateException">The template refuses the conversation.</exception>
    /// <exception cref="InvalidOperationException">The tokenizer has no token for some of the text, and none for what is unknown.</exception>
    public TokenizedExample Tokenize(InstructionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var example = record.Shape switch
        {
            InstructionShape.Messages => Conversations().Tokenize(record.Messages, record.Tools),
            InstructionShape.Instruction => Instruction(record),
            _ => Continuation(record.Prompt, record.Completion),
        };
        if (example.Ids.Count > _options.MaxTokens)
            throw new ArgumentException(
                $"The example has {example.Ids.Count} tokens; {nameof(InstructionOptions.MaxTokens)} is {_options.MaxTokens}. "
                + "Raise it, or leave the example out.");
        return example.LearnedTokens > 0 ? example
            : throw new ArgumentException("Nothing of the example is learned: the assistant says nothing in it.");
    }

    private ConversationTokenizer Conversations() => _conversations
        ?? throw new ArgumentException("A conversation needs a chat template, and none was given (ChatTemplate.Load, or ChatFormats.ChatML).");

    private TokenizedExample Instruction(InstructionRecord record)
    {
        if (_conversations is not null)
        {
            var question = record.Input == "" ? record.Prompt : $"{record.Prompt}\n\n{record.Input}";
            return _conversations.Tokenize([new("user", question), new("assistant", record.Completion)]);
        }
        var input = record.Input == "" ? "" : $"### Input:\n{record.Input}\n\n";
        return Continuation($"### Instruction:\n{record.Prompt}\n\n{input}### Response:\n", record.Completion);
    }

    /// <summary>The two as one text, of which a token is learned where it holds any of the completion.</summary>
    private TokenizedExample Continuation(string prompt, string completion)
    {
        var (ids, offsets) = _tokenizer.EncodeWithOffsets(prompt + completion, addSpecialTokens: true);
        List<int> all = [.. ids];
        List<bool> learned = [.. offsets.Select(range => range.End.Value > prompt.Length)];
        if (_end is { } end && (all.Count == 0 || all[^1] != end))
        {
            all.Add(end);
            learned.Add(true);
        }
        return new(all) { Learned = learned };
    }
}
