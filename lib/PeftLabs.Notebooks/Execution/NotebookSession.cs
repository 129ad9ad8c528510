using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace PeftLabs.Notebooks.Execution;

/// <summary>One C# session: each cell sees what the cells before it declared. All cells run on one thread of their own.</summary>
internal sealed class NotebookSession : IDisposable
{
    private static readonly string[] _imports =
    [
        "System", "System.Collections", "System.Collections.Generic", "System.Linq", "System.Text", "System.Threading.Tasks",
        typeof(DisplayExtensions).Namespace!,
    ];

    private static readonly CSharpParseOptions _parsing = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);
    private static readonly AsyncLocal<NotebookSession?> _current = new();
    private readonly SessionThread _thread = new();
    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly HostAssemblies _assemblies;
    private readonly string _folder;
    private readonly Action<string, string> _echo;
    private ScriptState<object>? _state;
    private CellOutputs _outputs = new([]);

    /// <summary>Starts a session.</summary>
    /// <param name="folder">Where #load and #r look: the notebook's folder.</param>
    /// <param name="echo">Told of everything that cells write or show: the stream's name and the text.</param>
    public NotebookSession(string folder, Action<string, string> echo)
    {
        _folder = folder;
        // Whoever is told may write to the console itself, which must not come back here.
        _echo = (stream, text) => ConsoleCapture.Outside(() => echo(stream, text));
        _assemblies = new HostAssemblies(folder, _loader);
    }

    /// <summary>The session whose cell the current flow belongs to.</summary>
    public static NotebookSession Current =>
        _current.Value ?? throw new InvalidOperationException(
            "Display() shows a value below the cell that is running, but no cell is running here.");

    /// <summary>Cancelled when the cell that is running should stop.</summary>
    public CancellationToken CellCancellation { get; private set; }

    /// <summary>Runs a cell.</summary>
    /// <param name="cell">Its number among all cells, from 1.</param>
    /// <param name="code">Its program.</param>
    /// <param name="executionCount">Its number among the cells that ran, from 1.</param>
    /// <param name="outputs">Where its outputs go.</param>
    /// <param name="cancellation">Asks the cell to stop.</param>
    /// <returns>Why it failed; null where it did not.</returns>
    public Task<CellFailure?> RunAsync(int cell, string code, int executionCount, CellOutputs outputs, CancellationToken cancellation)
    {
        var hasAwait = CSharpSyntaxTree.ParseText(code, _parsing, cancellationToken: CancellationToken.None).GetRoot(CancellationToken.None)
            .DescendantNodes().Any(node => node is AwaitExpressionSyntax);
        return _thread.Run(() =>
        {
            _outputs = outputs;
            CellCancellation = cancellation;
            _current.Value = this;
            ConsoleCapture.Redirect(Write);
            return EvaluateAsync(cell, code, executionCount);
        }, staysOnThread: hasAwait);
    }

    public DisplayedValue Display(MimeBundle bundle, string[] mimeTypes)
    {
        if (mimeTypes.Length > 0)
            foreach (var other in bundle.MimeTypes.Except(mimeTypes).ToList()) bundle[other] = null;
        var output = _outputs.Display(bundle);
        Echo(bundle);
        return new DisplayedValue(bundle, output);
    }

    private async Task<CellFailure?> EvaluateAsync(int cell, string code, int executionCount)
    {
        try
        {
            var options = Options(cell);
            _state = _state is null
                ? await CSharpScript.Create<object>(code, options, typeof(CellGlobals), _loader).RunAsync(new CellGlobals(this))
                : await _state.ContinueWithAsync<object>(code, options);
            ShowResult(_state, executionCount);
            return null;
        }
        catch (CompilationErrorException error)
        {
            return CellErrors.OfCompilation(cell, error, _assemblies.Refusals);
        }
        catch (Exception error)
        {
            // Whatever a cell throws is its outcome, and is shown with the cell.
            return CellErrors.OfException(cell, error);
        }
    }

    private ScriptOptions Options(int cell) => ScriptOptions.Default
        .WithReferences(HostAssemblies.Framework.Add(MetadataReference.CreateFromFile(typeof(NotebookSession).Assembly.Location)))
        .WithImports(_imports)
        .WithMetadataResolver(_assemblies)
        .WithSourceResolver(new SourceFileResolver([], _folder))
        .WithFilePath(Path.Combine(_folder, CellErrors.FileName(cell)))
        .WithFileEncoding(Encoding.UTF8)
        .WithEmitDebugInformation(true)
        .WithOptimizationLevel(OptimizationLevel.Debug)
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithAllowUnsafe(true);

    private void ShowResult(ScriptState<object> state, int executionCount)
    {
        if (state.ReturnValue is null && !EndsInNullExpression(state.Script.GetCompilation())) return;
        var bundle = Formatting.Formatter.Format(state.ReturnValue);
        _outputs.Display(bundle, executionCount);
        Echo(bundle);
    }

    /// <summary>Whether a program without a result ends in an expression, without semicolon, that has a type other than void.</summary>
    private static bool EndsInNullExpression(Compilation compilation)
    {
        var tree = compilation.SyntaxTrees.Last();
        var last = (tree.GetRoot().ChildNodes().LastOrDefault() as GlobalStatementSyntax)?.Statement as ExpressionStatementSyntax;
        if (last is null || !last.SemicolonToken.IsMissing) return false;
        var type = compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).ConvertedType;
        return type is { SpecialType: not SpecialType.System_Void };
    }

    private void Write(string stream, string text)
    {
        _outputs.Write(stream, text);
        _echo(stream, text);
    }

    private void Echo(MimeBundle bundle) => _echo("stdout", (bundle["text/plain"] ?? $"[{string.Join(", ", bundle.MimeTypes)}]") + "\n");

    public void Dispose()
    {
        _thread.Dispose();
        _loader.Dispose();
    }
}
