namespace PeftLabs.Models.Generation;

/// <summary>
/// How text is continued. The names and the order of the filters are those of Hugging Face's transformers: repetition penalty,
/// temperature, top-k, top-p, min-p; what is left is drawn from with its probabilities. Every value is checked when it is given.
/// </summary>
public sealed record GenerationOptions
{
    private readonly int _maxNewTokens = 256, _topK, _batchSize = 8;
    private readonly double _temperature, _topP = 1, _minP, _repetitionPenalty = 1;
    private readonly IReadOnlyList<string> _stopStrings = [];
    private readonly IReadOnlyList<int> _stopTokens = [];

    /// <summary>Tokens after which a text ends, at least 1.</summary>
    public int MaxNewTokens
    {
        get => _maxNewTokens;
        init => _maxNewTokens = value > 0 ? value : throw Wrong(nameof(MaxNewTokens), value, "a whole number above 0");
    }

    /// <summary>
    /// What logits are divided by: below 1 the likely becomes likelier. At 0, the default, the most likely token is always taken, and
    /// the filters, which never remove it, change nothing.
    /// </summary>
    public double Temperature
    {
        get => _temperature;
        init => _temperature = value >= 0 && double.IsFinite(value) ? value : throw Wrong(nameof(Temperature), value, "0 (greedy) or above");
    }

    /// <summary>Keeps the so many most likely tokens, and those as likely as the last of them; 0 keeps all.</summary>
    public int TopK
    {
        get => _topK;
        init => _topK = value >= 0 ? value : throw Wrong(nameof(TopK), value, "a whole number, 0 (all) or above");
    }

    /// <summary>
    /// Keeps the most likely tokens until their probabilities reach this (nucleus sampling, arXiv 1904.09751); 1 keeps all. The most
    /// likely one is always kept.
    /// </summary>
    public double TopP
    {
        get => _topP;
        init => _topP = value is > 0 and <= 1 ? value : throw Wrong(nameof(TopP), value, "above 0, and at most 1 (all)");
    }

    /// <summary>Keeps tokens of at least this share of the most likely one's probability (arXiv 2407.01082); 0 keeps all.</summary>
    public double MinP
    {
        get => _minP;
        init => _minP = value is >= 0 and <= 1 ? value : throw Wrong(nameof(MinP), value, "from 0 (all) to 1");
    }

    /// <summary>
    /// What the positive logits of tokens that the prompt or the text holds are divided by, and the negative ones multiplied with
    /// (CTRL, arXiv 1909.05858); 1 changes nothing.
    /// </summary>
    public double RepetitionPenalty
    {
        get => _repetitionPenalty;
        init => _repetitionPenalty = value > 0 && double.IsFinite(value) ? value
            : throw Wrong(nameof(RepetitionPenalty), value, "a number above 0 (1 for none)");
    }

    /// <summary>
    /// What is drawn follows from it, from the token's place in the text, and from nothing else. Of several prompts, the one at index i
    /// has the seed plus i.
    /// </summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Texts that end the text; it is cut before the first one that comes, wherever tokens begin and end.</summary>
    public IReadOnlyList<string> StopStrings
    {
        get => _stopStrings;
        init => _stopStrings = value.All(s => s.Length > 0) ? value
            : throw new ArgumentException("A stop string is empty: every text would end before it began.", nameof(StopStrings));
    }

    /// <summary>Tokens that end the text beside the model's own (<see cref="ModelConfig.EndTokens"/>).</summary>
    public IReadOnlyList<int> StopTokens
    {
        get => _stopTokens;
        init => _stopTokens = value.All(t => t >= 0) ? value
            : throw new ArgumentException($"A stop token is {value.Min()}; it must be 0 or above.", nameof(StopTokens));
    }

    /// <summary>Goes on after the model's own end tokens: for measuring.</summary>
    public bool IgnoreEndTokens { get; init; }

    /// <summary>How keys and values are stored.</summary>
    public KeyValueFormat Cache { get; init; }

    /// <summary>
    /// Prompts that are continued at once, at most. Each one's text is what it is alone: to the last bit of its logits with float32
    /// products on a CPU; elsewhere, on a GPU or with 16-bit products, sums are rounded by how many go together, and of two tokens that
    /// are all but equally likely the other one may be taken.
    /// </summary>
    public int BatchSize
    {
        get => _batchSize;
        init => _batchSize = value > 0 ? value : throw Wrong(nameof(BatchSize), value, "a whole number above 0");
    }

    /// <summary>Whether the most likely token is always taken.</summary>
    public bool IsGreedy => Temperature == 0;

    /// <summary>
    /// What a model's folder says in generation_config.json, as transformers reads it: without <c>do_sample</c> it is greedy; with it,
    /// <c>top_k</c> is 50 unless the file says something else (null: all). Without that file, the defaults.
    /// </summary>
    /// <exception cref="ModelFormatException">The file is broken, or asks for something that the kit does not do.</exception>
    public static GenerationOptions Load(string folder) => GenerationConfigFile.Read(folder);

    private static ArgumentOutOfRangeException Wrong(string option, object value, string right) =>
        new(option, value, $"{option} is {value}; it must be {right}.");
}
