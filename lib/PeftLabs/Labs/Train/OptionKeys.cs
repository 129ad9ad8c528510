using System.Globalization;
using System.Numerics;

namespace PeftLabs.Labs;

/// <summary>Makes options of the usual kinds.</summary>
internal static class OptionKeys
{
    public static OptionKey<T> Text<T>(string name, string value, string description, Func<T, string?> get, Func<T, string, T> set) =>
        new(name, value, description) { Get = get, Set = set };

    public static OptionKey<T> Number<T, TNumber>(string name, string description, Func<T, TNumber?> get, Func<T, TNumber, T> set)
        where TNumber : struct, INumber<TNumber>, IMinMaxValue<TNumber> => new(name, Kind<TNumber>(), description)
        {
            Get = options => get(options)?.ToString(null, CultureInfo.InvariantCulture),
            Set = (options, text) => set(options, Parse<TNumber>(text)),
        };

    public static OptionKey<T> Flag<T>(string name, string description, Func<T, bool?> get, Func<T, bool, T> set) => new(name, "true or false", description)
    {
        Bare = "true",
        Get = options => get(options) switch { true => "true", false => "false", null => null },
        Set = (options, text) => set(options, text switch { "true" => true, "false" => false, _ => throw new FormatException() }),
    };

    public static OptionKey<T> Choice<T, TEnum>(string name, string description, Func<T, TEnum?> get, Func<T, TEnum, T> set) where TEnum : struct, Enum =>
        new(name, $"one of {string.Join(", ", OptionNames<TEnum>.All)}", description)
        {
            Get = options => get(options) is { } value ? OptionNames<TEnum>.Name(value) : null,
            Set = (options, text) => set(options, OptionNames<TEnum>.Parse(text)),
        };

    private static string Kind<TNumber>() where TNumber : INumber<TNumber> => typeof(TNumber) == typeof(double) ? "a number" : "a whole number";

    private static TNumber Parse<TNumber>(string text) where TNumber : INumber<TNumber>, IMinMaxValue<TNumber>
    {
        // YAML's own word for it is .inf.
        var plain = text is ".inf" ? "Infinity" : text;
        var style = typeof(TNumber) == typeof(double) ? NumberStyles.Float : NumberStyles.AllowLeadingSign;
        if (TNumber.TryParse(plain, style, CultureInfo.InvariantCulture, out var value) && !TNumber.IsNaN(value))
            return value;
        throw BigInteger.TryParse(plain, style, CultureInfo.InvariantCulture, out _)
            ? new FormatException($"it must be from {TNumber.MinValue} to {TNumber.MaxValue}.") : new FormatException();
    }
}
