namespace PeftLabs.Formats;

/// <summary>Shapes in messages.</summary>
internal static class ShapeText
{
    /// <summary>Such as <c>[2, 3]</c>.</summary>
    public static string Show(this IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
