using TspActors.Configuration.CommandLines;

namespace TspActors.Configuration.Hosting;

/// <summary>Exit codes of a program, and methods that report errors as plain lines on standard error instead of stack traces.</summary>
public static class ProgramRun
{
    /// <summary>The program succeeded.</summary>
    public const int Done = 0;

    /// <summary>The program failed; standard error says why and what to do.</summary>
    public const int Failed = 1;

    /// <summary>The arguments or the configuration are wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>Prints every problem in the configuration on its own line, and returns the exit code.</summary>
    public static int Report(SettingsException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        foreach (var problem in error.Problems)
            Console.Error.WriteLine($"error: {problem}");
        return BadUsage;
    }

    /// <summary>
    /// Prints on one line why the program failed, and returns the exit code. The text may come from outside the program, such as from a
    /// tracker, so its control characters are escaped.
    /// </summary>
    public static int Fail(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Console.Error.WriteLine($"error: {DisplayText.Escape(message.ReplaceLineEndings(" "))}");
        return Failed;
    }

    /// <summary>Prints the problems with the arguments, and returns the exit code.</summary>
    public static int RejectArguments(IEnumerable<string> errors, string program)
    {
        ArgumentNullException.ThrowIfNull(errors);
        foreach (var error in errors)
            Console.Error.WriteLine($"error: {ParseErrorText.Explain(error)}");
        Console.Error.WriteLine($"Try '{program} --help'.");
        return BadUsage;
    }
}
