using System.Diagnostics;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Cli.Bench;

/// <summary>How fast a model and a token cache come from the disk and from memory, beside reading the same files in big blocks.</summary>
public sealed class LoadBenchmark
{
    private readonly LoadBenchmarkOptions _options;
    private readonly Action<string> _progress;
    private readonly CancellationToken _cancellation;
    private readonly string _folder;

    private LoadBenchmark(LoadBenchmarkOptions options, Action<string> progress, string folder, CancellationToken cancellation)
    {
        (_options, _progress, _folder, _cancellation) = (options, progress, folder, cancellation);
    }

    /// <summary>Writes the files, measures, and removes them.</summary>
    /// <param name="options">What is measured.</param>
    /// <param name="progress">Told what is done now.</param>
    /// <param name="cancellation">Stops between two steps; the files are removed then too.</param>
    /// <exception cref="ArgumentException">The options do not fit.</exception>
    /// <exception cref="IOException">The disk has not the room, or does not take the files out of memory.</exception>
    public static LoadMeasurement Run(LoadBenchmarkOptions options, Action<string> progress, CancellationToken cancellation = default)
    {
        options.Validate();
        RequireRoom(options);
        var folder = Path.Combine(options.Folder, $"peftlabs-load-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(folder);
        try
        {
            return new LoadBenchmark(options, progress, folder, cancellation).Run();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void RequireRoom(LoadBenchmarkOptions options)
    {
        // bfloat16 takes two bytes a parameter, and a token, of two bytes of text and more, four; while they are made, no more.
        var needed = Math.Max(2 * ModelShapes.Find(options.Shape).Parameters, 3 * options.DataBytes) + (64 << 20);
        var free = new DriveInfo(Path.GetFullPath(options.Folder)).AvailableFreeSpace;
        if (free < needed)
            throw new IOException($"{ByteSize.Format(needed)} are to be written into {options.Folder}, but its disk has only "
                + $"{ByteSize.Format(free)} free; name another folder with --folder, or measure less with --megabytes or --shape.");
    }

    private LoadMeasurement Run()
    {
        var model = Model();
        var tokenizer = TokenizerBenchmark.Trained();
        var data = LoadBenchmarkData.Write(Path.Combine(_folder, "data.jsonl"), _options.DataBytes, _progress, _cancellation);
        var start = Stopwatch.GetTimestamp();
        using var first = Open(data, tokenizer, new DataProgress(_progress));
        var tokenizing = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var (cache, examples, tokens) = (first.CachePath, first.Count, first.Tokens);
        first.Dispose();
        var clock = new ReadingClock([cache, data], _options.Repeats, _progress, _cancellation);
        var measured = clock.Measure([cache], ("opening", () => Open(data, tokenizer)), ("opening and visiting each token", () => Visited(data, tokenizer)));
        return new(_options.Shape, model, examples, tokens, new FileInfo(data).Length, tokenizing, measured);
    }

    private IReadOnlyList<LoadSpeed> Model()
    {
        _progress($"writing {_options.Shape}");
        var folder = Path.Combine(_folder, "model");
        var stored = Loading(WeightFormat.BFloat16, WeightFormat.BFloat16);
        using (var model = CausalLM.Random(ModelShapes.Find(_options.Shape), 1, stored))
            model.Save(folder);
        var file = Path.Combine(folder, "model.safetensors");
        var clock = new ReadingClock([file], _options.Repeats, _progress, _cancellation);
        return clock.Measure([file],
            ("raw reading into new memory", () => new RawCopy(file)),
            ("loading as stored, bfloat16", () => CausalLM.Load(folder, stored)),
            ("loading as float32", () => CausalLM.Load(folder, Loading(WeightFormat.Float32, WeightFormat.Float32))),
            ("loading as nf4-dq", () => CausalLM.Load(folder, Loading(WeightFormat.NF4Double, WeightFormat.BFloat16))));
    }

    private ModelLoadOptions Loading(WeightFormat projections, WeightFormat embedding) =>
        new() { Projections = projections, Embedding = embedding, Head = embedding, Progress = new Stop(_cancellation) };

    private InstructionData Open(string data, HuggingFaceTokenizer tokenizer, IProgress<InstructionProgress>? progress = null) => InstructionData.Open(
        data, tokenizer, null, new() { AppendEnd = false }, Path.Combine(_folder, "cache"), progress, _cancellation);

    private InstructionData Visited(string path, HuggingFaceTokenizer tokenizer)
    {
        var data = Open(path, tokenizer);
        var (ids, labels, sum) = (new long[1], new long[1], 0L);
        foreach (var example in data)
        {
            var tokens = example.Ids.Count;
            if (tokens > ids.Length)
                (ids, labels) = (new long[2 * tokens], new long[2 * tokens]);
            example.CopyTo(ids.AsSpan(0, tokens), labels.AsSpan(0, tokens));
            sum += ids[0] + labels[tokens - 1];
        }
        return sum > 0 ? data : throw new InvalidDataException($"{data.CachePath} holds no token but 0.");
    }

    private sealed class Stop(CancellationToken cancellation) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => cancellation.ThrowIfCancellationRequested();
    }

    private sealed class DataProgress(Action<string> say) : IProgress<InstructionProgress>
    {
        private long _tenths;

        public void Report(InstructionProgress value)
        {
            var tenths = 10 * value.BytesRead / value.TotalBytes;
            if (tenths > _tenths)
                say($"tokenizing, {10 * (_tenths = tenths)} %");
        }
    }
}
