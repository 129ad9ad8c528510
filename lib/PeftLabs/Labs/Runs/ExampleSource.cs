using PeftLabs.Training;

namespace PeftLabs.Labs;

/// <summary>Where a recipe's examples come from: those to train on, and held-out ones that are not among them.</summary>
internal abstract class ExampleSource : IDisposable
{
    /// <summary>SHA-256 of all that the examples follow from; null where they are to be hashed themselves.</summary>
    public virtual string? Hash => null;

    /// <summary>Opens the source of a recipe.</summary>
    /// <exception cref="ArgumentException">The recipe lacks something, or the tools do.</exception>
    public static ExampleSource Open(
        DataRecipe recipe, DataTools tools, IProgress<InstructionProgress>? progress = null, CancellationToken cancellation = default) => recipe.Kind switch
        {
            DataKind.Task => new TaskExamples(recipe, tools),
            DataKind.File when PlainTextExamples.Takes(recipe) => new PlainTextExamples(recipe, tools, cancellation),
            DataKind.File => new RecordExamples(recipe, tools, progress, cancellation),
            _ => new GeneratedExamples(recipe, tools),
        };

    /// <summary>The first examples to train on; null for all.</summary>
    public abstract IReadOnlyList<TokenizedExample> Train(int? count);

    /// <summary>The first of the held-out examples, fewer where there are fewer.</summary>
    public abstract IReadOnlyList<TokenizedExample> HeldOut(int count);

    /// <summary>Beginnings of held-out examples, for the model to continue.</summary>
    public abstract IEnumerable<string> Prompts();

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>The number of examples that a generator makes.</summary>
    /// <exception cref="ArgumentException">All are asked for.</exception>
    protected static int Finite(int? count, DataKind kind) => count ?? throw new ArgumentException(
        $"Data of kind {kind} are generated without end, and {nameof(DataRecipe.Examples)} asks for all: say how many.");

    /// <summary>The first words of a text.</summary>
    protected static string Beginning(string text) => string.Join(' ', text.Split(' ').Take(8));
}
