using System.Runtime.InteropServices;

namespace PeftLabs.Cli;

/// <summary>An exception as the one line that a user reads.</summary>
public static class ErrorLine
{
    /// <summary>The message of the innermost exception that says something, on one line, without .NET's "(Parameter 'x')" and "Actual value was x.".</summary>
    public static string Of(Exception exception)
    {
        exception = Unwrap(exception);
        var message = exception.Message;
        // It stands on a line of its own, and the message has said it.
        if (exception is ArgumentOutOfRangeException { ActualValue: not null } && message.LastIndexOf('\n') is > 0 and var end)
            message = message[..end];
        if (exception is ArgumentException { ParamName: { } name })
            message = message.Replace($" (Parameter '{name}')", "");
        if (exception is DllNotFoundException)
            message += " (./lab doctor tells what is there)";
        var line = string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return IsForTheUser(exception) ? line : $"{exception.GetType().Name}: {line}";
    }

    /// <summary>Whether the exception tells of the user's input or machine; any other one is a defect of the kit.</summary>
    /// <remarks>The kit throws exceptions of its own types only for those, and ExternalException carries libtorch's messages.</remarks>
    public static bool IsForTheUser(Exception exception) => IsOurs(Unwrap(exception)) || Unwrap(exception) is
        InvalidDataException or ArgumentException or IOException or UnauthorizedAccessException or FormatException or
        NotSupportedException or DllNotFoundException or ExternalException or OutOfMemoryException or TimeoutException or
        System.Text.Json.JsonException;

    private static bool IsOurs(Exception exception) => exception.GetType().FullName!.StartsWith("PeftLabs.", StringComparison.Ordinal);

    private static Exception Unwrap(Exception exception)
    {
        while (exception is AggregateException or TypeInitializationException or System.Reflection.TargetInvocationException
            && exception.InnerException is { } inner)
        {
            exception = inner;
        }
        return exception;
    }
}
