using System.CommandLine;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Protocol;

namespace TspActors.Tracker.Members.Commands;

/// <summary>The settings, files and streams that a member command uses.</summary>
/// <param name="Settings">The tracker's settings.</param>
/// <param name="Folder">The members' file and the invitations file.</param>
/// <param name="Key">The id of the tracker's key.</param>
/// <param name="Output">Standard output, for results.</param>
/// <param name="Errors">Standard error, for everything else.</param>
/// <param name="Time">The clock.</param>
internal sealed record MemberCommandContext(
    TrackerSettings Settings, MemberFolder Folder, KeyId Key, TextWriter Output, TextWriter Errors, TimeProvider Time)
{
    /// <summary>The current time.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Runs a command, and reports each error on one line. Returns the exit code.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="open">Returns the tracker's settings, the folder of its members, and the id of its key.</param>
    /// <param name="time">The clock.</param>
    /// <param name="command">The command.</param>
    public static int Run(
        ParseResult parsed, Func<ParseResult, (TrackerSettings Settings, string Folder, KeyId Key)> open, TimeProvider time,
        Func<MemberCommandContext, int> command)
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            var (settings, folder, key) = open(parsed);
            return command(new MemberCommandContext(settings, new MemberFolder(folder), key, output, errors, time));
        }
        catch (SettingsException error)
        {
            foreach (var problem in error.Problems)
                errors.WriteLine($"error: {problem}");
            return ProgramRun.BadUsage;
        }
        catch (Exception error) when (error is MembershipException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {VisibleText.Clean(error.Message.ReplaceLineEndings(" "))}");
            return ProgramRun.Failed;
        }
    }
}
