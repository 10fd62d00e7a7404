using System.CommandLine;
using TspActors.Protocol;

namespace TspActors.Tracker.Members.Commands;

/// <summary>The commands with which the owner of a tracker decides who may join.</summary>
internal static class MemberCommands
{
    /// <summary>Returns the invite, members and remove commands. They work whether or not the tracker is running.</summary>
    /// <param name="open">Returns the tracker's settings, the folder that lists its members, and the id of its key.</param>
    /// <param name="time">The clock; null = the system's.</param>
    public static IReadOnlyList<Command> For(
        Func<ParseResult, (TrackerSettings Settings, string Folder, KeyId Key)> open, TimeProvider? time = null)
    {
        return [InviteCommand.Define(Run), MembersCommand.Define(Run), RemoveCommand.Define(Run)];

        int Run(ParseResult parsed, Func<MemberCommandContext, int> command) =>
            MemberCommandContext.Run(parsed, open, time ?? TimeProvider.System, command);
    }
}
