using System.CommandLine;
using System.Text.Json;
using TspActors.Configuration.Hosting;

namespace TspActors.Tracker.Members.Commands;

/// <summary>The <c>members</c> command, which prints who may join.</summary>
internal static class MembersCommand
{
    /// <summary>Defines the command.</summary>
    /// <param name="run">Runs the command with its context.</param>
    public static Command Define(Func<ParseResult, Func<MemberCommandContext, int>, int> run)
    {
        var json = new Option<bool>("--json") { Description = "print the members only, as JSON" };
        var command = new Command("members", "list the members and the open invitations") { json };
        command.SetAction(parsed => run(parsed, context => Print(context, parsed.GetValue(json))));
        return command;
    }

    private static int Print(MemberCommandContext context, bool json)
    {
        var lists = context.Folder.Read().RequireReadable();
        // If a member is in both lists, the tracker's own file has the newer name.
        List<Member> members = [.. lists.All.Concat(context.Settings.AllowedMembers).DistinctBy(member => member.Key)];
        if (json)
        {
            context.Output.WriteLine(JsonSerializer.Serialize(members.Select(member => new { key = $"{member.Key}", name = member.Name })));
            return ProgramRun.Done;
        }

        foreach (var member in members)
            context.Output.WriteLine($"{member.Key}  {member.Name}".TrimEnd());
        foreach (var invitation in lists.Invitations.Entries.Where(invitation => invitation.Expires > context.Now))
            context.Output.WriteLine($"(invited until {InviteCommand.TimeText(invitation.Expires)})  {invitation.Label}");
        if (lists.Members is null && members.Count == 0)
            context.Errors.WriteLine("this tracker is not restricted to members; the first 'tracker invite' restricts it");
        return ProgramRun.Done;
    }
}
