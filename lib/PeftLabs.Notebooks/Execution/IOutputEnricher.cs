namespace PeftLabs.Notebooks.Execution;

/// <summary>Adds forms to what the cells have shown, such as pictures of figures, once all cells have run.</summary>
public interface IOutputEnricher
{
    /// <summary>Adds forms to what was shown, or changes them. A form that cannot be made is left out.</summary>
    /// <param name="bundles">Everything shown, in its order.</param>
    /// <param name="cancellation">Ends the work early.</param>
    Task EnrichAsync(IReadOnlyList<MimeBundle> bundles, CancellationToken cancellation);
}
