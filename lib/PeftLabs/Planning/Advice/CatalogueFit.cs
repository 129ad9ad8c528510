using PeftLabs.Models;

namespace PeftLabs.Planning.Advice;

/// <summary>A model of the catalogue that fits a budget.</summary>
/// <param name="Model">The model.</param>
/// <param name="Set">The techniques with which it does.</param>
/// <param name="PeakBytes">The highest of its stages' peaks.</param>
public sealed record CatalogueFit(CatalogueModel Model, TechniqueSet Set, long PeakBytes);
