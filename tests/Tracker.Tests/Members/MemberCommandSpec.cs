using System.CommandLine;
using System.Globalization;
using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Members;
using TspActors.Tracker.Members.Commands;

namespace TspActors.Tracker.Tests.Members;

/// <summary>The base class of tests that run the member commands as the program does, with a clock that the test advances.</summary>
public abstract class MemberCommandSpec : IDisposable
{
    private protected readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-members-");
    private protected readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 28, 18, 0, 0, 500, TimeSpan.Zero));

    private protected TrackerSettings _settings = new() { Endpoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 7070) };

    private protected string MembersPath => Path.Combine(_folder.FullName, "members");

    public void Dispose() => _folder.Delete(recursive: true);

    private protected Membership Open() => Membership.Open(_folder.FullName, _settings.AllowedMembers, _clock, _ => { });

    // Lets a peer use the only open invitation.
    private protected void Admit(byte key) => Assert.NotNull(Open().Use(Assert.Single(Open().OpenInvitations), Guests.Key(key)));

    private protected (int Code, string Output, string Errors) Run(params string[] arguments) =>
        Run(_ => (_settings, _folder.FullName, Guests.Key(7)), arguments);

    private protected (int Code, string Output, string Errors) Run(
        Func<ParseResult, (TrackerSettings Settings, string Folder, KeyId Key)> open, params string[] arguments)
    {
        var root = new RootCommand("a tracker");
        foreach (var command in MemberCommands.For(open, _clock))
            root.Add(command);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var errors = new StringWriter(CultureInfo.InvariantCulture);
        var parsed = root.Parse(arguments);
        // The program reports these errors in the same way.
        if (parsed.Errors.Count > 0)
            return (2, "", string.Join('\n', parsed.Errors.Select(error => error.Message)));
        var code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = errors });
        return (code, $"{output}", $"{errors}");
    }
}
