using System.CommandLine;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Protocol;

namespace TspActors.Tracker.Members.Commands;

/// <summary>The <c>remove</c> command, which removes a member or an open invitation.</summary>
internal static class RemoveCommand
{
    /// <summary>Defines the command.</summary>
    /// <param name="run">Runs the command with its context.</param>
    public static Command Define(Func<ParseResult, Func<MemberCommandContext, int>, int> run)
    {
        var who = new Argument<string>("NAME|KEYID") { Description = "a member's name or key id, or the name of an open invitation" };
        var command = new Command("remove", "remove a member or an open invitation") { who };
        command.SetAction(parsed => run(parsed, context => Remove(context, parsed.GetRequiredValue(who))));
        return command;
    }

    private static int Remove(MemberCommandContext context, string who)
    {
        var removed = context.Folder.Change(lists =>
        {
            var (changed, result) = lists.RequireReadable().Remove(who, context.Now);
            return (changed, result ?? throw new MembershipException(Unknown(context, lists, who)));
        });
        context.Errors.WriteLine($"removed {removed}");
        return ProgramRun.Done;
    }

    private static string Unknown(MemberCommandContext context, MemberLists lists, string who)
    {
        var isKey = KeyId.TryParse(who, out var key);
        if (context.Settings.AllowedMembers.Any(
            member => isKey ? member.Key == key : string.Equals(member.Name, who, StringComparison.OrdinalIgnoreCase)))
            return $"{who} is a member because of the tsp.tracker.allow setting; remove it there";
        var known = lists.All.Select(member => isKey ? $"{member.Key}" : member.Name)
            .Concat(lists.Invitations.Entries.Where(invitation => invitation.Expires > context.Now).Select(invitation => invitation.Label))
            .Where(name => name.Length > 0).ToList();
        return known.Count == 0
            ? $"there is no member or invitation called {who}; there is nothing to remove"
            : $"there is no member or invitation called {who}; the nearest is {NearestKey.Find(who, known)} ('tracker members' lists all)";
    }
}
