using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Protocol;

namespace TspActors.Tracker.Members.Commands;

/// <summary>The <c>invite</c> command, which prints the line that a friend pastes to join.</summary>
internal static class InviteCommand
{
    private const int DefaultDays = 7;
    private const int MaxDays = 365;

    /// <summary>Defines the command.</summary>
    /// <param name="run">Runs the command with its context.</param>
    public static Command Define(Func<ParseResult, Func<MemberCommandContext, int>, int> run)
    {
        var name = new Option<string?>("--name")
        {
            Description = "the friend's name (default: guest- and the beginning of the friend's key)",
            HelpName = "NAME",
        };
        var days = new Option<int>("--days")
        {
            Description = $"how many days the invitation is valid, 1 to {MaxDays}",
            HelpName = "DAYS",
            DefaultValueFactory = _ => DefaultDays,
        };
        var address = new Option<string?>("--address")
        {
            Description = "where friends reach this tracker (default: tsp.tracker.cluster.public-address, or this machine)",
            HelpName = "HOST[:PORT]",
        };
        Check(name, NamedKey.IsName, $"is not a name: write one line of 1 to {NamedKey.MaxNameLength} characters that is not a key id");
        Check(days, IsNumberOfDays, $"is not a number from 1 to {MaxDays}");
        Check(address, text => HostPort.TryParse(text, PinnedTracker.DefaultPort, out _), "is not a host or a host:port");
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("invite", "print a line that lets one friend join; the first invitation restricts the tracker to members")
        {
            name, days, address, json,
        };
        command.SetAction(parsed => run(parsed, context => Invite(
            context, parsed.GetValue(name) ?? "", parsed.GetValue(days), parsed.GetValue(address), parsed.GetValue(json))));
        return command;
    }

    private static int Invite(MemberCommandContext context, string name, int days, string? address, bool json)
    {
        var (place, note) = InvitationAddress.Choose(address, context.Settings, Environment.MachineName);
        var now = context.Now;
        var expires = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero).AddDays(days);
        var wasRestricted = context.Settings.AllowedMembers.Count > 0;
        var invitation = context.Folder.Change(lists =>
        {
            wasRestricted |= lists.Members is not null;
            return lists.RequireReadable().Invite(name, expires, context.Settings.AllowedMembers, now);
        });
        var line = $"{new InvitationLine(place.Host, place.Port, context.Key, invitation.Code)}";
        context.Output.WriteLine(json ? Json(line, name, invitation.Expires) : line);
        var friend = name.Length > 0 ? name : "a friend";
        context.Errors.WriteLine(
            $"send this line to {friend}; it works once, until {TimeText(invitation.Expires)}; they run: peer join 'LINE'");
        if (note is not null)
            context.Errors.WriteLine(note);
        if (!wasRestricted)
            context.Errors.WriteLine(context.Settings.AccessKey is null
                ? "from now on, only members can join this tracker"
                : "from now on, only members and peers with the access key can join this tracker");
        return ProgramRun.Done;
    }

    // Other programs rely on the field names.
    private static string Json(string line, string name, DateTimeOffset expires) => JsonSerializer.Serialize(new
    {
        line,
        name,
        expires = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    });

    /// <summary>Formats a time for display.</summary>
    internal static string TimeText(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static void Check(Option option, Predicate<string> isValid, string fault) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && !isValid(token.Value))
            result.AddError($"{option.Name}: \"{VisibleText.Clean(token.Value)}\" {fault}");
    });

    private static bool IsNumberOfDays(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MaxDays;
}
