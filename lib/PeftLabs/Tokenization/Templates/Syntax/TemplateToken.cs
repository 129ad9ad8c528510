namespace PeftLabs.Tokenization;

internal enum TemplateTokenKind
{
    /// <summary>Plain text between tags.</summary>
    Text,

    /// <summary>{{ and }}.</summary>
    OutputStart,
    OutputEnd,

    /// <summary>{% and %}.</summary>
    TagStart,
    TagEnd,

    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>A token of a template; of a string its value, of anything else its characters.</summary>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Line)
{
    public bool Is(string text) => Kind is TemplateTokenKind.Name or TemplateTokenKind.Operator && Text == text;

    /// <summary>How a message names it.</summary>
    public string Shown => Kind switch
    {
        TemplateTokenKind.End => "the template's end",
        TemplateTokenKind.Text => "text",
        TemplateTokenKind.OutputEnd => "}}",
        TemplateTokenKind.TagEnd => "%}",
        TemplateTokenKind.OutputStart => "{{",
        TemplateTokenKind.TagStart => "{%",
        TemplateTokenKind.String => $"the string '{Text}'",
        _ => $"'{Text}'",
    };
}
