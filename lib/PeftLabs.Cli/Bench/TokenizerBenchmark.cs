using System.Diagnostics;
using System.Text;
using PeftLabs.Formats;
using PeftLabs.Labs;
using PeftLabs.Tokenization;

namespace PeftLabs.Cli.Bench;

/// <summary>How fast a tokenizer is on generated text, on one thread: the best of some repeats, since others can only slow one down.</summary>
/// <param name="Tokenizer">The folder or file that was given, or what was trained instead.</param>
/// <param name="TextBytes">The text's length in UTF-8.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="WholeBytesPerSecond">Encoding it as one text.</param>
/// <param name="DocumentsBytesPerSecond">Encoding it document by document, of 10 to 200 words.</param>
/// <param name="OffsetsBytesPerSecond">Encoding it document by document with the place of each token.</param>
/// <param name="DecodingBytesPerSecond">Decoding its ids.</param>
public sealed record TokenizerBenchmark(
    string Tokenizer, long TextBytes, long Tokens, double WholeBytesPerSecond, double DocumentsBytesPerSecond, double OffsetsBytesPerSecond,
    double DecodingBytesPerSecond)
{
    private const ulong Seed = 7;
    private const int TrainedVocabulary = 2048, TrainedDocuments = 1000;

    /// <summary>Measures.</summary>
    /// <param name="fileOrFolder">A tokenizer; null for a byte-level BPE of 2048 tokens, trained on text of the same kind.</param>
    /// <param name="bytes">About so many bytes of text.</param>
    /// <param name="repeats">How often each is done; the fastest counts.</param>
    /// <param name="cancellation">Stops between two repeats.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static TokenizerBenchmark Run(string? fileOrFolder, long bytes, int repeats, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeats);
        var tokenizer = fileOrFolder is null ? Trained() : HuggingFaceTokenizer.Load(fileOrFolder);
        var documents = Documents(bytes);
        var whole = string.Concat(documents);
        var (length, ids) = (Encoding.UTF8.GetByteCount(whole), tokenizer.EncodeToIds(whole, addSpecialTokens: false));
        return new(
            fileOrFolder ?? $"byte-level BPE of {TrainedVocabulary} tokens, trained for this", length, ids.Count,
            Best(() => tokenizer.EncodeToIds(whole, addSpecialTokens: false)),
            Best(() => documents.ForEach(document => tokenizer.EncodeToIds(document, addSpecialTokens: false))),
            Best(() => documents.ForEach(document => tokenizer.EncodeToTokens(document, out _))),
            Best(() => tokenizer.Decode(ids, skipSpecialTokens: false)));

        double Best(Action action) => length / Enumerable.Range(0, repeats).Min(_ =>
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"""
        {Tokenizer}: {TextBytes / 1e6:0.0} MB (millions of bytes) of generated text, {Tokens} tokens, {(double)TextBytes / Tokens:0.00} bytes a token
        encoding, whole text         {WholeBytesPerSecond / 1e6,8:0.0} MB/s
        encoding, by document        {DocumentsBytesPerSecond / 1e6,8:0.0} MB/s
        encoding, with offsets       {OffsetsBytesPerSecond / 1e6,8:0.0} MB/s
        decoding                     {DecodingBytesPerSecond / 1e6,8:0.0} MB/s
        """);

    private static List<string> Documents(long bytes)
    {
        List<string> documents = [];
        foreach (var document in TextGenerator.Documents(Seed))
        {
            documents.Add(document + "\n");
            if ((bytes -= Encoding.UTF8.GetByteCount(documents[^1])) <= 0)
                break;
        }
        return documents;
    }

    internal static HuggingFaceTokenizer Trained()
    {
        var trainer = new BpeTrainer();
        foreach (var document in TextGenerator.Documents(Seed + 1).Take(TrainedDocuments))
            trainer.Add(document);
        var folder = Directory.CreateTempSubdirectory("peftlabs-tokenizer-");
        try
        {
            AtomicFile.WriteText(Path.Combine(folder.FullName, "tokenizer.json"), TokenizerJson.Write(trainer.Train(TrainedVocabulary - 1)));
            return HuggingFaceTokenizer.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
