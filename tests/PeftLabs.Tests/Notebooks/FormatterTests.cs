using PeftLabs.Notebooks.Formatting;

namespace PeftLabs.Tests.Notebooks;

public class FormatterTests
{
    [Theory]
    [InlineData(null, "<null>")]
    [InlineData("text", "text")]
    [InlineData(1.5, "1.5")]
    [InlineData(true, "True")]
    [InlineData(new[] { 1, 2, 3 }, "[1, 2, 3]")]
    public void Plain_value_is_text_alone(object? value, string text)
    {
        var bundle = Formatter.Format(value);
        Assert.Equal(["text/plain"], bundle.MimeTypes);
        Assert.Equal(text, bundle["text/plain"]);
    }

    [Fact]
    public void Sequence_of_records_is_a_table()
    {
        var bundle = Formatter.Format(new[] { new Row("a<b", 1), new Row("longer", 20) });
        Assert.Equal("Name    Count\n------  -----\na<b         1\nlonger     20", bundle["text/plain"]);
        Assert.Contains("<td style=\"text-align:left\">a&lt;b</td><td style=\"text-align:right\">1</td>", bundle["text/html"]);
    }

    [Fact]
    public void Long_table_says_how_many_rows_it_leaves_out()
    {
        var bundle = Formatter.Format(Enumerable.Range(0, 250).Select(i => new Row("x", i)));
        Assert.EndsWith("… and 150 more", bundle["text/plain"]);
        Assert.Contains("… and 150 more", bundle["text/html"]);
    }

    [Fact]
    public void Dictionary_is_a_table_of_keys_and_values() =>
        Assert.Equal("Key  Value\n---  -----\na        1", Formatter.Format(new Dictionary<string, int> { ["a"] = 1 })["text/plain"]);

    [Fact]
    public void Type_with_formatters_by_convention_shows_itself_by_them()
    {
        var bundle = Formatter.Format(new Thermometer(21));
        Assert.Equal(["application/x-temperature+json", "text/plain"], bundle.MimeTypes);
        Assert.Equal("{\"c\":21}", bundle["application/x-temperature+json"]);
        Assert.Equal("21 °C", bundle["text/plain"]);
    }

    [Fact]
    public void Html_is_shown_as_it_is() => Assert.Equal("<b>x</b>", Formatter.Format(new HtmlText("<b>x</b>"))["text/html"]);

    private sealed record Row(string Name, int Count);

    [TypeFormatterSource(typeof(Formatters))]
    private sealed record Thermometer(int Celsius);

    private sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
    {
        public Type FormatterSourceType { get; } = formatterSourceType;
    }

    private sealed class Formatters
    {
        public IEnumerable<object> CreateTypeFormatters() =>
        [
            new One("application/x-temperature+json", value => value is Thermometer t ? $"{{\"c\":{t.Celsius}}}" : null),
            new One("text/plain", value => value is Thermometer t ? $"{t.Celsius} °C" : null),
            new One("text/html", _ => null),
        ];
    }

    private sealed class One(string mimeType, Func<object, string?> text)
    {
        public string MimeType { get; } = mimeType;

        public bool Format(object instance, TextWriter writer)
        {
            if (text(instance) is not { } written) return false;
            writer.Write(written);
            return true;
        }
    }
}
