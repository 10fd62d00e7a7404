using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that a peer still knows the digests of its resume secrets after a restart.</summary>
public sealed class ResumeSecretFileSpecs : IDisposable
{
    private static readonly TrackerAddress Tracker = new("tracker.example", 7070);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-peer-tests-");
    private readonly List<string> _warnings = [];

    private string FilePath => Path.Combine(_folder.FullName, "resume-secrets");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_digests_of_secrets_survive_a_restart_in_a_file_that_only_this_user_can_read()
    {
        var secret = ResumeSecret.NewRandom();
        Secrets().Remember(Tracker, secret, []);

        Assert.Equal(ResumeSecret.Digest(secret), Secrets().Find(Tracker));
        Assert.True(Secrets().Find(Tracker with { Port = 7071 }).IsEmpty);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tracker.example 7070 00\n")]
    [InlineData("tracker.example seven 000102030405060708090a0b0c0d0e0f\n")]
    [InlineData("tracker.example 7070 zz0102030405060708090a0b0c0d0e0f\n")]
    [InlineData("tracker.example 7070 000102030405060708090a0b0c0d0e0f again\n")]
    public void Lines_that_cannot_be_read_are_dropped(string text)
    {
        File.WriteAllText(FilePath, text);
        Assert.True(Secrets().Find(Tracker).IsEmpty);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_reported_and_the_secret_is_still_known()
    {
        Directory.CreateDirectory(FilePath);
        var (secrets, secret) = (Secrets(), ResumeSecret.NewRandom());
        secrets.Remember(Tracker, secret, []);

        Assert.Equal(secret, secrets.Find(Tracker));
        Assert.Contains(FilePath, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    private ResumeSecrets Secrets() => new(new ResumeSecretFile(FilePath, _warnings.Add));
}
