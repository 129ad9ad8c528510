using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Training;

public class InstructionTokenizerTests
{
    private static readonly InstructionRecord _instruction =
        new(1, InstructionShape.Instruction) { Prompt = "Add.", Input = "1 2", Completion = "3" };

    [Fact]
    public void A_completion_is_learned_with_the_token_that_ends_it()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "llama2-spm"));
        var records = new InstructionTokenizer(tokenizer, options: new() { EndId = 2 });
        var example = records.Tokenize(new(1, InstructionShape.PromptCompletion) { Prompt = "the end is", Completion = " near" });
        Assert.Equal([.. tokenizer.EncodeToIds("the end is near", addSpecialTokens: true), 2], example.Ids);
        Assert.Equal("near", tokenizer.Decode(example.Ids.Where((_, i) => example.IsLearned(i))).Trim());
        Assert.False(example.IsLearned(0)); // the token that begins a text
        var text = records.Tokenize(new(1, InstructionShape.Text) { Completion = "the end" });
        Assert.Equal(text.Ids.Count - 1, text.LearnedTokens);
        var open = new InstructionTokenizer(tokenizer, options: new() { AppendEnd = false });
        Assert.Equal(text.Ids.SkipLast(1), open.Tokenize(new(1, InstructionShape.Text) { Completion = "the end" }).Ids);
    }

    [Fact]
    public void An_instruction_becomes_Alpacas_prompt_or_a_turn_of_each_side()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "qwen2"));
        var plain = new InstructionTokenizer(tokenizer, options: new() { EndId = 1200 });
        Assert.Equal("### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:\n3<|endoftext|>", Text(plain.Tokenize(_instruction)));
        Assert.Equal("### Instruction:\nAdd.\n\n### Response:\n3<|endoftext|>", Text(plain.Tokenize(_instruction with { Input = "" })));
        var chat = new InstructionTokenizer(tokenizer, ChatFormats.ChatML, new() { EndId = 1200 }).Tokenize(_instruction);
        Assert.Equal("<|im_start|>user\nAdd.\n\n1 2<|im_end|>\n<|im_start|>assistant\n3<|im_end|>\n", Text(chat));
        Assert.Equal(2, chat.LearnedTokens);

        string Text(TokenizedExample example) => tokenizer.Decode(example.Ids, skipSpecialTokens: false);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var tokenizer = HuggingFaceTokenizer.Load(Shared.Fixture("tokenizers", "gpt2"));
        Refused(() => new InstructionTokenizer(tokenizer), "EndId");
        var records = new InstructionTokenizer(tokenizer, options: new() { EndId = 0, MaxTokens = 5 });
        Refused(() => records.Tokenize(new(1, InstructionShape.Messages) { Messages = [new("assistant", "x")] }), "chat template");
        Refused(() => records.Tokenize(_instruction), "MaxTokens is 5");
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new InstructionOptions { MaxTokens = 0 });
        Assert.Contains("MaxTokens is 0", refusal.Message, StringComparison.Ordinal);
        var silent = new InstructionTokenizer(tokenizer, ChatTemplate.Parse("{% generation %}{% endgeneration %}x"), new() { EndId = 0 });
        Refused(() => silent.Tokenize(_instruction), "Nothing of the example is learned");

        static void Refused(Func<object> action, string what) =>
            Assert.Contains(what, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_has_to_fit_its_tokens()
    {
        Assert.Throws<ArgumentException>(() => new TokenizedExample([1, 2]) { Learned = [true] });
        Assert.Throws<ArgumentException>(() => new TokenizedExample([1, 2], 1) { Learned = [true, false] });
        Assert.Equal(1, new TokenizedExample([1, 2, 3], 2).LearnedTokens);
        Assert.Equal(0, new TokenizedExample([1, 2, 3], 5).LearnedTokens);
    }
}
