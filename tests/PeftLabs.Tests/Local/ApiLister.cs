using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PeftLabs.Tests.Local;

/// <summary>An assembly's public and protected members, one line each below the line of its type: the format of
/// ../shared/reference.</summary>
internal static class ApiLister
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["System.Int64"] = "long",
        ["System.Int32"] = "int",
        ["System.Int16"] = "short",
        ["System.Byte"] = "byte",
        ["System.SByte"] = "sbyte",
        ["System.Double"] = "double",
        ["System.Single"] = "float",
        ["System.Boolean"] = "bool",
        ["System.String"] = "string",
        ["System.Object"] = "object",
        ["System.Void"] = "void",
    };

    public static IEnumerable<(string Type, IReadOnlyList<string> Members)> List(Assembly assembly) =>
        assembly.GetExportedTypes().Select(type => (Header(type), (IReadOnlyList<string>)Members(type).Distinct().ToList()));

    private static string Header(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = new List<string>();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object)) bases.Add(Name(parent));
        if (!type.IsEnum)
            bases.AddRange(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Select(Name).Order(StringComparer.Ordinal));
        return $"{kind} {Name(type)}" + (bases.Count > 0 ? " : " + string.Join(", ", bases) : "");
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue())}");
        var open = !type.IsSealed;
        var constructors = type.GetConstructors(Declared & ~BindingFlags.Static)
            .Where(c => Seen(c, open)).Select(c => $"{Access(c)}.ctor({Parameters(c)})");
        var fields = type.GetFields(Declared).Where(f => f.IsPublic).Select(f => $"{Static(f.IsStatic)}{Name(f.FieldType)} {f.Name}");
        var properties = type.GetProperties(Declared).Where(p => p.GetAccessors().Length > 0).Select(Property);
        var methods = type.GetMethods(Declared)
            .Where(m => Seen(m, open) && (!m.IsSpecialName || m.IsPublic && m.Name.StartsWith("op_"))).Select(Method);
        return constructors.Concat(fields).Concat(properties).Concat(methods);
    }

    private static bool Seen(MethodBase member, bool open) => member.IsPublic || open && (member.IsFamily || member.IsFamilyOrAssembly);

    private static string Access(MethodBase member) => member.IsPublic ? "" : "protected ";

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Property(PropertyInfo property)
    {
        var indices = string.Join(", ", property.GetIndexParameters().Select(Parameter));
        var accessors = (property.GetMethod?.IsPublic == true ? " get;" : "") + (property.SetMethod?.IsPublic == true ? " set;" : "");
        return $"{Static(property.GetAccessors()[0].IsStatic)}{Name(property.PropertyType)} "
            + $"{(indices.Length > 0 ? $"this[{indices}]" : property.Name)} {{{accessors} }}";
    }

    private static string Method(MethodInfo method)
    {
        var binding = method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{Access(method)}{Static(method.IsStatic)}{binding}{Name(method.ReturnType)} {method.Name}{generic}"
            + $"({extension}{Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var text = parameter switch
        {
            { IsOut: true } => $"out {Name(type.GetElementType()!)}",
            { IsIn: true } when type.IsByRef => $"in {Name(type.GetElementType()!)}",
            _ => Name(type),
        };
        return (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "") + $"{text} {parameter.Name}"
            + (parameter.HasDefaultValue ? $" = {Default(parameter.DefaultValue, type)}" : "");
    }

    private static string Default(object? value, Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        return value switch
        {
            null => type.IsValueType ? "default" : "null",
            string text => $"\"{text}\"",
            bool truth => truth ? "true" : "false",
            _ when inner.IsEnum => Enum.IsDefined(inner, value) ? $"{inner.Name}.{Enum.ToObject(inner, value)}" : $"{value}",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string Name(Type type)
    {
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Name(inner) + "?";
        if (type.FullName is { } full && Keywords.TryGetValue(full, out var keyword)) return keyword;
        var arguments = type.GetGenericArguments();
        // A tuple of type parameters has no full name, and the list writes it out.
        if (type.FullName?.StartsWith("System.ValueTuple", StringComparison.Ordinal) == true)
            return type.IsGenericType ? $"({string.Join(", ", arguments.Select(Name))})" : type.Name;
        var own = arguments.Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).Select(Name).ToList();
        return Prefix(type) + type.Name.Split('`')[0] + (own.Count > 0 && type.Name.Contains('`') ? $"<{string.Join(", ", own)}>" : "");
    }

    private static string Prefix(Type type) => type switch
    {
        { DeclaringType: { } outer } => Name(outer) + ".",
        { Namespace: null or "TorchSharp" } => "",
        _ => type.Namespace.StartsWith("System", StringComparison.Ordinal) ? "" : type.Namespace + ".",
    };
}
