namespace PeftLabs.Tokenization;

/// <summary>
/// A chat template that cannot be read or rendered, or that refuses the conversation it was given. The message names the template, the
/// line in it, what was found there, and what would be right.
/// </summary>
public sealed class ChatTemplateException : FormatException
{
    internal ChatTemplateException(string template, int line, string problem, Exception? cause = null)
        : base($"{template}{(line > 0 ? $", line {line}" : "")}: {problem.TrimEnd('.')}.", cause)
    {
        (Template, Line, Problem) = (template, line, problem);
    }

    /// <summary>The template's file, or its name.</summary>
    public string Template { get; }

    /// <summary>The line, the first being 1; 0 where it is about the template as a whole.</summary>
    public int Line { get; }

    /// <summary>What was wrong; where the template itself refused the conversation (raise_exception), its words.</summary>
    public string Problem { get; }
}

/// <summary>What a value or a function cannot do; the node that asked for it knows the line.</summary>
internal sealed class TemplateFault(string problem) : Exception(problem);
