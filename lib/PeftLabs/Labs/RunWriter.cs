using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PeftLabs.Formats;
using PeftLabs.Memory;
using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Writes the folder of a run while it goes on: run.json at the start and at the end, each time whole or not at all, and
/// steps.jsonl step by step. A run that is broken off keeps its steps, and its record says that it has no end.</summary>
public sealed class RunWriter : IDisposable
{
    private readonly StreamWriter _steps;
    private long _lastStep;

    private RunWriter(string folder, RunRecord record)
    {
        Folder = folder;
        Record = record;
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Path.Combine(folder, RunRecord.FileName), JsonSerializer.Serialize(record, RunJson.Indented) + "\n");
        _steps = new(new FileStream(Path.Combine(folder, RunRecord.StepsFileName), FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            NewLine = "\n",
        };
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The record as it stands.</summary>
    public RunRecord Record { get; private set; }

    /// <summary>Begins a run in a new folder of its own.</summary>
    /// <param name="description">What the run is.</param>
    /// <param name="runs">The folder of all runs.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static RunWriter Start(RunDescription description, string runs = "runs")
    {
        var started = DateTimeOffset.UtcNow;
        var record = new RunRecord
        {
            Format = 1,
            Id = NewId(description, started),
            Name = description.Name,
            Options = PortablePath.Of(description.Options),
            Seed = description.Seed,
            ModelPath = description.ModelPath is { } path ? PortablePath.Of(path) : null,
            ModelHash = description.ModelHash,
            DataHash = description.DataHash,
            Versions = SoftwareVersions.Current,
            Machine = MachineInfo.Current,
            Started = started,
            Steps = 0,
            Predicted = description.Predicted,
            PredictedSecondsPerStep = description.PredictedSecondsPerStep,
        };
        return new(Path.Combine(runs, record.Id), record);
    }

    /// <summary>Adds a step to steps.jsonl; it is in the file when this returns.</summary>
    /// <exception cref="ArgumentException">The step's number is not above the one before.</exception>
    /// <exception cref="ObjectDisposedException">The writer is disposed.</exception>
    public void Append(StepRecord step)
    {
        if (step.Step <= _lastStep)
            throw new ArgumentException($"Step {step.Step} follows step {_lastStep}: steps count upwards from 1.", nameof(step));
        _steps.WriteLine(JsonSerializer.Serialize(step, RunJson.Line));
        _steps.Flush();
        _lastStep = step.Step;
        Record = Record with { Steps = Record.Steps + 1 };
    }

    /// <summary>Ends the run: writes its record with the time, the memory and the losses.</summary>
    /// <exception cref="InvalidOperationException">It was ended before.</exception>
    /// <exception cref="IOException">The record cannot be written.</exception>
    public void Finish(MemoryReport? memory = null, IReadOnlyDictionary<string, double>? finalLosses = null) =>
        Finish(record => record with { Memory = memory, FinalLosses = finalLosses ?? record.FinalLosses });

    /// <summary>Ends the run: writes its record with the time, and with what is known of it now.</summary>
    /// <exception cref="InvalidOperationException">It was ended before.</exception>
    /// <exception cref="IOException">The record cannot be written.</exception>
    public void Finish(Func<RunRecord, RunRecord> complete)
    {
        Close(record => complete(record with { Ended = DateTimeOffset.UtcNow }));
    }

    /// <summary>Writes that the run was interrupted, with what is known of it now; it has no end.</summary>
    /// <exception cref="InvalidOperationException">It was ended before.</exception>
    /// <exception cref="IOException">The record cannot be written.</exception>
    public void Interrupt(Func<RunRecord, RunRecord> complete) => Close(record => complete(record) with { Interrupted = DateTimeOffset.UtcNow });

    private void Close(Func<RunRecord, RunRecord> complete)
    {
        if (Record.Ended is not null)
            throw new InvalidOperationException($"The run {Record.Id} was finished at {Record.Ended:O}.");
        Record = complete(Record);
        _steps.Dispose();
        AtomicFile.WriteText(Path.Combine(Folder, RunRecord.FileName), JsonSerializer.Serialize(Record, RunJson.Indented) + "\n");
    }

    /// <summary>Closes steps.jsonl. Without <see cref="Finish(Func{RunRecord, RunRecord})"/> the run has no end.</summary>
    public void Dispose() => _steps.Dispose();

    private static string NewId(RunDescription description, DateTimeOffset started)
    {
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes((started.UtcTicks, Environment.ProcessId, description), IdJson));
        return started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(hash)[..8];
    }

    private static readonly JsonSerializerOptions IdJson = new(RunJson.Line) { IncludeFields = true };
}
