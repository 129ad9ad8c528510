using System.CommandLine;
using PeftLabs.Hub;
using PeftLabs.Labs;
using PeftLabs.Labs.Reports;
using PeftLabs.Training;

namespace PeftLabs.Cli.Evaluation;

/// <summary>The command-line options of lab evaluate, those of the model aside.</summary>
public sealed class EvaluateOptions
{
    private const string All = "all", HeldOut = "held-out", Validation = "validation";

    private static readonly EvaluationOptions s_defaults = new();

    private readonly Option<string[]> _adapters = new("--adapter")
    {
        Description = "An adapter to compare with the bare model: a folder, or a name of the hub that was pulled; may be given several times",
    };

    private readonly Option<bool> _noBase = new("--no-base") { Description = "Evaluate only with the adapters" };
    private readonly Option<string[]> _tasks = new("--task")
    {
        Description = $"A task, or {All}: {string.Join(", ", LabTasks.All.Select(task => task.Name))}; may be given several times",
    };

    private readonly Option<string?> _text = new("--text")
    {
        Description = "Take the perplexity: of a UTF-8 text file, of the field \"text\" of JSON Lines, or without a file of generated text",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "FILE",
    };

    private readonly Option<int> _examples = new("--examples")
    {
        Description = "Examples of each task, and documents of the text, at most",
        DefaultValueFactory = _ => s_defaults.Examples,
    };

    private readonly Option<string> _split = new("--split") { Description = "The tasks' split", DefaultValueFactory = _ => HeldOut };
    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Answers that are written at once, at most; each is what it is alone",
        DefaultValueFactory = _ => s_defaults.BatchSize,
    };

    private readonly Option<int> _window = new("--window")
    {
        Description = "Tokens of a text that the model sees at once, at most",
        DefaultValueFactory = _ => s_defaults.Window,
    };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Another seed gives other examples of the same split" };
    private readonly Option<int> _show = new("--show") { Description = "Print so many wrong answers of each task", HelpName = "N" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object instead of the tables" };
    private readonly Option<string?> _record = new("--record")
    {
        Description = "Put the figures, before and after, into the record of the run that trained the adapter",
        HelpName = "RUN",
    };

    private readonly Option<string?> _runs = new("--runs") { Description = "Where the runs are; the kit's own folder by default", HelpName = "FOLDER" };

    /// <summary>Makes them.</summary>
    public EvaluateOptions() => _split.AcceptOnlyFromAmong(HeldOut, Validation);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all = [_adapters, _noBase, _tasks, _text, _examples, _split, _batch, _window, _seed, _show, _json, _record, _runs];
        foreach (var option in all)
            command.Add(option);
    }

    /// <summary>What is asked for; whatever can be wrong about it shows before a model is loaded.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, there is no such task or run, or options do not go together.</exception>
    /// <exception cref="HubException">There is no such adapter on this machine.</exception>
    /// <exception cref="InstructionDataException">The text's file is not right.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public EvaluateRequest Read(ParseResult parsed)
    {
        var options = new EvaluationOptions
        {
            Examples = parsed.GetValue(_examples),
            BatchSize = parsed.GetValue(_batch),
            Window = parsed.GetValue(_window),
            Seed = parsed.GetValue(_seed),
            Split = parsed.GetValue(_split) == Validation ? TaskSplit.Validation : TaskSplit.HeldOut,
        };
        var text = Text(parsed, options);
        var request = new EvaluateRequest(Adapters(parsed), !parsed.GetValue(_noBase), Tasks(parsed), text, options)
        {
            Note = Note(parsed, text, options.Examples),
            Show = parsed.GetValue(_show) is var show && show >= 0 ? show : throw new ArgumentException($"--show is {show}; it must be 0 or above."),
            Json = parsed.GetValue(_json),
            Record = parsed.GetValue(_record) is { } run ? new RunCatalog(parsed.GetValue(_runs) ?? LabPaths.Runs).FolderOf(run) : null,
        };
        Check(request);
        return request;
    }

    private static void Check(EvaluateRequest request)
    {
        if (!request.Base && request.Adapters.Count == 0)
            throw new ArgumentException("--no-base leaves nothing to evaluate: give an adapter with it.");
        if (request.Record is null)
            return;
        if (!request.Base || request.Adapters.Count != 1)
            throw new ArgumentException($"--record needs a before and an after: give one adapter ({request.Adapters.Count} given), and not --no-base.");
        if (RunRecord.Load(request.Record) is { Ended: null, Id: var id })
            throw new ArgumentException($"The run {id} has no end: it still runs, or was broken off. Figures are recorded in a finished one.");
    }

    private List<(string, string)> Adapters(ParseResult parsed)
    {
        string[] given = parsed.GetValue(_adapters) ?? [];
        var folders = Array.ConvertAll(given, ModelLocation.Find);
        var names = Array.ConvertAll(folders, ModelName);
        // Of the same name, as of several runs, each is called what the user called it.
        return [.. given.Select((adapter, i) => (names.Count(name => name == names[i]) > 1 ? adapter : names[i], folders[i]))];
    }

    private IReadOnlyList<LabTask> Tasks(ParseResult parsed)
    {
        string[] names = parsed.GetValue(_tasks) ?? [];
        if (names.Contains(All) || (names.Length == 0 && parsed.GetResult(_text) is null))
            return LabTasks.All;
        return [.. names.Distinct().Select(LabTasks.Find)];
    }

    private TextDocuments? Text(ParseResult parsed, EvaluationOptions options)
    {
        if (parsed.GetValue(_text) is { } file)
            return TextDocuments.Read(file, options.Examples);
        var isAsked = parsed.GetResult(_text) is not null || parsed.GetValue(_tasks) is not { Length: > 0 };
        return isAsked ? TextDocuments.General(options.Examples, options.Seed) : null;
    }

    private string? Note(ParseResult parsed, TextDocuments? text, int examples) =>
        text is not null && text.Documents.Count < examples && parsed.GetResult(_examples) is { Implicit: false }
            ? $"{text.Name} holds {text.Documents.Count} document{(text.Documents.Count == 1 ? "" : "s")}, fewer than {examples}: all are read."
            : null;

    /// <summary>What tables call a model or an adapter: its name on the hub, or its folder's own.</summary>
    internal static string ModelName(string folder) => ModelLocation.NameOf(Path.GetFullPath(folder));
}
