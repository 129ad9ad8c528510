namespace PeftLabs.Tokenization;

/// <summary>A test: what stands behind <c>is</c>.</summary>
internal delegate bool TemplateTest(object? value, CallArguments arguments);

/// <summary>The tests of Jinja.</summary>
internal static class TemplateTests
{
    public static IReadOnlyDictionary<string, TemplateTest> All { get; } = new Dictionary<string, TemplateTest>
    {
        ["boolean"] = (value, _) => value is bool,
        ["callable"] = (value, _) => value is ITemplateFunction or TemplateGlobal,
        ["defined"] = (value, _) => value is not Undefined,
        ["divisibleby"] = (value, arguments) => TemplateOperators.Apply("%", value, arguments.Require(0, "num")) is 0L or 0.0,
        ["even"] = (value, _) => TemplateValue.Whole(value) % 2 == 0,
        ["false"] = (value, _) => value is false,
        ["filter"] = (value, _) => value is string name && TemplateFilters.All.ContainsKey(name),
        ["float"] = (value, _) => value is double,
        ["in"] = (value, arguments) => TemplateOperators.Contains(arguments.Require(0, "seq"), value),
        ["integer"] = (value, _) => value is long,
        ["iterable"] = (value, _) => value is string or List<object?> or DictionaryValue or Undefined,
        ["lower"] = (value, _) => TemplateValue.Text(value) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        ["mapping"] = (value, _) => value is DictionaryValue,
        ["none"] = (value, _) => value is null,
        ["number"] = (value, _) => TemplateValue.IsNumber(value),
        ["odd"] = (value, _) => TemplateValue.Whole(value) % 2 != 0,
        ["sameas"] = (value, arguments) => Same(value, arguments.Require(0, "other")),
        ["sequence"] = (value, _) => value is string or DictionaryValue or Undefined or (List<object?> and not GeneratorValue),
        ["string"] = (value, _) => value is string,
        ["test"] = (value, _) => value is string name && All!.ContainsKey(name),
        ["true"] = (value, _) => value is true,
        ["undefined"] = (value, _) => value is Undefined,
        ["upper"] = (value, _) => TemplateValue.Text(value) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["=="] = Comparison("=="),
        ["eq"] = Comparison("=="),
        ["equalto"] = Comparison("=="),
        ["!="] = Comparison("!="),
        ["ne"] = Comparison("!="),
        ["<"] = Comparison("<"),
        ["lt"] = Comparison("<"),
        ["lessthan"] = Comparison("<"),
        ["<="] = Comparison("<="),
        ["le"] = Comparison("<="),
        [">"] = Comparison(">"),
        ["gt"] = Comparison(">"),
        ["greaterthan"] = Comparison(">"),
        [">="] = Comparison(">="),
        ["ge"] = Comparison(">="),
    };

    private static TemplateTest Comparison(string symbol) =>
        (value, arguments) => ComparisonExpression.Holds(symbol, value, arguments.Require(0, "other"));

    private static bool Same(object? value, object? other) => value is null or bool or long or double or string
        ? TemplateValue.TypeName(value) == TemplateValue.TypeName(other) && TemplateValue.Equals(value, other) : ReferenceEquals(value, other);
}
