using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>The base class of tests with a tracker's folder of members and invitations, and a clock that the test advances.</summary>
public abstract class MembershipSpec : IDisposable
{
    private protected static readonly TimeSpan ALittleMoreThanOneSecond = TimeSpan.FromMilliseconds(1_100);

    private protected readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-members-");
    private protected readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private protected readonly List<string> _warnings = [];

    private protected string MembersPath => Path.Combine(_folder.FullName, "members");

    private protected string InvitationsPath => Path.Combine(_folder.FullName, "invitations");

    public void Dispose() => _folder.Delete(recursive: true);

    private protected Membership Open(params Member[] allowed) => Membership.Open(_folder.FullName, allowed, _clock, _warnings.Add);

    private protected Invitation Invite(string name, int days = 7) => new MemberFolder(_folder.FullName).Change(
        lists => lists.Invite(name, _clock.GetUtcNow().AddDays(days), [], _clock.GetUtcNow()));
}
