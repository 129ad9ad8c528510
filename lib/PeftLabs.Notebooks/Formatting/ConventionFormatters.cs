using System.Collections;
using System.Reflection;

namespace PeftLabs.Notebooks.Formatting;

/// <summary>
/// The convention of .NET Interactive by which a type brings its own formatters without referring to any notebook package: an attribute
/// named TypeFormatterSourceAttribute holds a type whose CreateTypeFormatters() returns objects with MimeType and Format(object,
/// TextWriter). All of it is found by name.
/// </summary>
internal static class ConventionFormatters
{
    private const string AttributeName = "TypeFormatterSourceAttribute";

    /// <summary>Fills a bundle with what the value's own formatters write; false where the value brings none.</summary>
    public static bool TryFormat(object value, MimeBundle bundle)
    {
        foreach (var formatter in SourcesOf(value.GetType()).SelectMany(CreateFormatters))
        {
            var mimeType = (string?)Member(formatter, "MimeType").GetValue(formatter);
            if (mimeType is null || bundle[mimeType] is not null) continue;
            var writer = new StringWriter();
            if (Invoke(formatter, value, writer)) bundle[mimeType] = writer.ToString();
        }
        return bundle.MimeTypes.Count > 0;
    }

    private static IEnumerable<Type> SourcesOf(Type type) =>
        from attribute in type.GetCustomAttributes(inherit: true)
        where attribute.GetType().Name == AttributeName
        select Member(attribute, "FormatterSourceType").GetValue(attribute) as Type into source
        where source is not null
        select source;

    private static IEnumerable<object> CreateFormatters(Type source)
    {
        var create = source.GetMethod("CreateTypeFormatters", BindingFlags.Public | BindingFlags.Instance, [])
            ?? throw new MissingMethodException(source.FullName, "CreateTypeFormatters");
        return ((IEnumerable)create.Invoke(Activator.CreateInstance(source, nonPublic: true), [])!).Cast<object>();
    }

    private static PropertyInfo Member(object owner, string name) =>
        owner.GetType().GetProperty(name) ?? throw new MissingMemberException(owner.GetType().FullName, name);

    private static bool Invoke(object formatter, object value, TextWriter writer)
    {
        var format = formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)])
            ?? throw new MissingMethodException(formatter.GetType().FullName, "Format(object, TextWriter)");
        return (bool)format.Invoke(formatter, [value, writer])!;
    }
}
