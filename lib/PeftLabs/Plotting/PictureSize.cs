namespace PeftLabs.Plotting;

/// <summary>How large figures are drawn.</summary>
/// <param name="Width">Pixels across, before <paramref name="Scale"/>.</param>
/// <param name="Height">Pixels down; that of each figure's layout where null.</param>
/// <param name="Scale">Pixels of the file for each pixel.</param>
public sealed record PictureSize(int Width = 900, int? Height = null, double Scale = 2);
