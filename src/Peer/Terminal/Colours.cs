namespace TspActors.Peer.Terminal;

/// <summary>Uses the usual environment variables to decide whether output is coloured.</summary>
internal static class Colours
{
    /// <summary>Returns whether output is coloured. The first rule that applies decides.</summary>
    /// <param name="variable">Returns the value of a variable; null = it is not set.</param>
    /// <param name="isTerminal">Whether the output is a terminal.</param>
    public static bool AreWanted(Func<string, string?> variable, bool isTerminal)
    {
        if (!string.IsNullOrEmpty(variable("NO_COLOR")))
            return false;
        if (variable("CLICOLOR_FORCE") is { Length: > 0 } and not "0")
            return true;
        return isTerminal && variable("CLICOLOR") is not "0" && variable("TERM") is not "dumb";
    }
}
