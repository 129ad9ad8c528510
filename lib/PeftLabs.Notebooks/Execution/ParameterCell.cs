using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PeftLabs.Notebooks.Execution;

/// <summary>
/// Parameters as papermill sets them: the cell tagged <c>parameters</c> declares variables with their defaults, and a cell tagged
/// <c>injected-parameters</c> after it assigns the values of this run.
/// </summary>
internal sealed class ParameterCell(string notebookName)
{
    private const string Tag = "parameters";
    private const string InjectedTag = "injected-parameters";

    /// <summary>
    /// Puts the cell with this run's values into the notebook, in place of one from an earlier run; without values, takes that one out.
    /// </summary>
    /// <exception cref="NotebookException">
    /// A name is not declared in the cell tagged parameters, or a value does not suit the declared type.
    /// </exception>
    public void Inject(Notebook notebook, IReadOnlyDictionary<string, string> values)
    {
        foreach (var earlier in notebook.Cells.Where(cell => cell.Tags.Contains(InjectedTag)).ToList()) notebook.Remove(earlier);
        if (values.Count == 0) return;
        var index = notebook.Cells.ToList().FindIndex(cell => cell.Kind == CellKind.Code && cell.Tags.Contains(Tag));
        if (index < 0)
            throw new NotebookException(
                $"{notebookName}: has no cell tagged {Tag}, so it takes no parameters; given: {Join(values.Keys)}.");
        var declared = Declared(notebook.Cells[index].Source);
        var lines = values.Select(value => Assignment(declared, value.Key, value.Value)).Prepend("// Parameters of this run");
        notebook.Add(CellKind.Code, string.Join('\n', lines), index + 1, InjectedTag);
    }

    private static Dictionary<string, string> Declared(string source)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script);
        var root = CSharpSyntaxTree.ParseText(source, parsing).GetRoot();
        var fields = root.ChildNodes().OfType<FieldDeclarationSyntax>().Where(field => !field.Modifiers.Any(SyntaxKind.ConstKeyword));
        return fields.SelectMany(field => field.Declaration.Variables.Select(variable => (variable, field.Declaration.Type)))
            .ToDictionary(item => item.variable.Identifier.ValueText, item => TypeOf(item.Type, item.variable.Initializer?.Value));
    }

    private static string TypeOf(TypeSyntax type, ExpressionSyntax? value)
    {
        if (!type.IsVar) return type.ToString();
        while (value is PrefixUnaryExpressionSyntax unary) value = unary.Operand;
        return (value as LiteralExpressionSyntax)?.Token.Value switch
        {
            int => "int",
            long => "long",
            float => "float",
            double => "double",
            decimal => "decimal",
            bool => "bool",
            string => "string",
            _ => "var",
        };
    }

    private string Assignment(Dictionary<string, string> declared, string name, string value)
    {
        if (!declared.TryGetValue(name, out var type))
            throw new NotebookException(
                $"{notebookName}: has no parameter {name}; it has {Join(declared.Select(item => $"{item.Key} ({item.Value})"))}.");
        return $"{name} = {Expression(type, value) ?? throw Unsuited(name, type, value)};";
    }

    private string? Expression(string type, string value)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal)) return Items(type[..^2], value);
        var isNullable = type.EndsWith('?');
        return isNullable && value == "null" ? "null" : Literal(isNullable ? type[..^1] : type, value);
    }

    private static string? Items(string type, string value)
    {
        var items = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(item => Literal(type, item)).ToList();
        return items.Contains(null) ? null : $"[{string.Join(", ", items)}]";
    }

    private static string? Literal(string type, string value)
    {
        var invariant = CultureInfo.InvariantCulture;
        return type switch
        {
            "int" when int.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out var number) => number.ToString(invariant),
            "long" when long.TryParse(value, NumberStyles.AllowLeadingSign, invariant, out var number) => number.ToString(invariant) + "L",
            "double" when double.TryParse(value, NumberStyles.Float, invariant, out var number) && double.IsFinite(number) =>
                $"{number.ToString("R", invariant)}d",
            "float" when float.TryParse(value, NumberStyles.Float, invariant, out var number) && float.IsFinite(number) =>
                $"{number.ToString("R", invariant)}f",
            "decimal" when decimal.TryParse(value, NumberStyles.Float, invariant, out var number) => $"{number.ToString(invariant)}m",
            "bool" when bool.TryParse(value, out var flag) => flag ? "true" : "false",
            "string" => SymbolDisplay.FormatLiteral(value, quote: true),
            _ => null,
        };
    }

    private NotebookException Unsuited(string name, string type, string value)
    {
        string[] known = ["int", "long", "float", "double", "decimal", "bool", "string"];
        var item = type.TrimEnd('?').Replace("[]", "", StringComparison.Ordinal);
        var why = known.Contains(item) ? $"\"{value}\" is not one" : $"only {Join(known)} and arrays of them can be set from outside";
        return new NotebookException($"{notebookName}: parameter {name} is declared as {type}, and {why}.");
    }

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);
}
