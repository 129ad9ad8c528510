using System.Diagnostics;
using PeftLabs.Labs;
using PeftLabs.Memory;
using PeftLabs.Models;
using PeftLabs.Models.Generation;

namespace PeftLabs.Cli.Bench;

/// <summary>Continues prompts of random tokens and says what it costs.</summary>
public static class GenerationBenchmark
{
    private const int WarmUpTokens = 8;

    /// <summary>Loads, continues the prompts by a few tokens that are not counted, and then by the counted ones.</summary>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public static GenerationMeasurement Run(GenerationBenchmarkOptions options, CancellationToken cancellation = default)
    {
        options.Validate();
        var loading = options.Loading();
        using var meter = MemoryMeter.Start(new MemoryMeterOptions { Device = loading.Device });
        var start = Stopwatch.GetTimestamp();
        using var model = options.Shape is { } shape
            ? CausalLM.Random(ModelShapes.Find(shape), 1, loading)
            : CausalLM.Load(LabModel.FolderOf(options.Model!), loading);
        var loadSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var loadedBytes = meter.CurrentBytes;
        var generation = new GenerationOptions
        {
            MaxNewTokens = options.Tokens,
            IgnoreEndTokens = true,
            Cache = options.Cache,
            BatchSize = options.Batch,
        };
        var prompts = Enumerable.Range(0, options.Batch).Select(i => Prompt(model.Config, options.Prompt, i)).ToList();
        TextGeneration.Batch(model, prompts, generation with { MaxNewTokens = WarmUpTokens }, cancellation: cancellation);
        var steps = new StepClock(options.Batch);
        TextGeneration.Batch(model, prompts, generation, (_, _) => steps.Token(), cancellation);
        var report = meter.Report();
        // The last token is not looked back at.
        var cache = options.Batch * KeyValueCache.Bytes(model.Config, options.Prompt + options.Tokens - 1, options.Cache);
        return new(options.Shape ?? options.Model!, loading.Projections.Name, loading.Embedding.Name, options.Cache.ToString().ToLowerInvariant(),
            options.Batch, options.Prompt, options.Tokens, loadSeconds, options.Batch * options.Prompt / steps.PrefillSeconds,
            options.Batch / steps.MedianSeconds, options.Batch / steps.FastestSeconds, steps.ProcessorSecondsPerToken, cache, loadedBytes,
            report.PeakBytes, report.PeakResidentBytes);
    }

    private static IReadOnlyList<int> Prompt(ModelConfig config, int tokens, int index)
    {
        var bits = new RandomBits((ulong)index, "tokens");
        return [.. Enumerable.Range(0, tokens).Select(i => (int)(bits.Unit(i) * config.VocabularySize))];
    }

    // All prompts' first tokens, and then a token of each a step.
    private sealed class StepClock(int batch)
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly List<long> _ends = [];
        private TimeSpan _processorStart, _processorEnd;
        private int _tokens;

        public double PrefillSeconds => Stopwatch.GetElapsedTime(_start, _ends[0]).TotalSeconds;

        public double MedianSeconds => Median.Of(Seconds);

        public double FastestSeconds => Seconds.Min();

        public double ProcessorSecondsPerToken => (_processorEnd - _processorStart).TotalSeconds / (batch * (_ends.Count - 1));

        private List<double> Seconds => [.. _ends.Zip(_ends.Skip(1), (from, to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds)];

        public void Token()
        {
            if (++_tokens % batch != 0)
                return;
            _ends.Add(Stopwatch.GetTimestamp());
            _processorEnd = Environment.CpuUsage.TotalTime;
            if (_ends.Count == 1)
                _processorStart = _processorEnd;
        }
    }
}
