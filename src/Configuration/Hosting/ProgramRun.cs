namespace TspActors.Configuration.Hosting;

/// <summary>How a program ends: exit codes, and errors as one line on standard error instead of a stack trace.</summary>
public static class ProgramRun
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It failed; standard error says why and what to do.</summary>
    public const int Failed = 1;

    /// <summary>Bad arguments or configuration.</summary>
    public const int BadUsage = 2;

    /// <summary>Prints everything that is wrong with the configuration, a line each.</summary>
    public static int Report(SettingsException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        foreach (var problem in error.Problems)
            Console.Error.WriteLine($"error: {problem}");
        return BadUsage;
    }

    /// <summary>Prints why it failed, as one line.</summary>
    public static int Fail(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Console.Error.WriteLine($"error: {message.ReplaceLineEndings(" ")}");
        return Failed;
    }

    /// <summary>Prints what is wrong with the arguments.</summary>
    public static int RejectArguments(IEnumerable<string> errors, string program)
    {
        ArgumentNullException.ThrowIfNull(errors);
        foreach (var error in errors)
            Console.Error.WriteLine($"error: {error}");
        Console.Error.WriteLine($"Try '{program} --help'.");
        return BadUsage;
    }
}
