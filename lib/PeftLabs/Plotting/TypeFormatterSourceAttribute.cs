namespace PeftLabs.Plotting;

/// <summary>
/// Tells notebook kernels how a type shows itself. .NET Interactive and <c>lab run</c> find it by its name alone, so nothing need refer to
/// them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [];
}
