using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Peer.Diagnosis;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Playback;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Tests.Diagnosis;

/// <summary>Checks what doctor says about folders, the clock, the key, sound and the limit on open files.</summary>
public sealed class MachineCheckSpecs : IDisposable
{
    private static readonly DateTimeOffset Installed = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_music_folder_is_a_problem_that_names_it()
    {
        var missing = _folder.In("gone");

        var found = await Music(null, _folder.Path, missing);

        Assert.Equal((FindingState.Problem, $"{missing} does not exist"), (found.State, found.Detail));
    }

    [Fact]
    public async Task Readable_music_folders_are_counted_if_the_library_is_not_running() =>
        Assert.Equal(Finding.Ok("music", "1 folder can be read"), await Music(null, _folder.Path));

    [Fact]
    public async Task A_missing_setting_for_music_folders_is_a_warning() => Assert.Equal(FindingState.Warning, (await Music(null)).State);

    [Theory]
    [InlineData(12, 0, null, "Ok", "12 songs in 1 folder")]
    [InlineData(12, 3, null, "Warning", "12 songs in 1 folder; 3 files left out")]
    [InlineData(0, 0, null, "Warning", "0 songs in 1 folder")]
    [InlineData(12, 0, "the disk is full", "Problem", "12 songs in 1 folder; the last scan failed: the disk is full")]
    public async Task Songs_are_counted(int songs, int leftOut, string? failure, string state, string detail)
    {
        var problems = Enumerable.Range(0, leftOut).Select(number => new SkippedFile($"{number}.mp3", default, SkipReason.NotMp3, "no MP3 frames")).ToList();

        var found = await Music(new LibraryStatus(new LibrarySummary(songs, songs, [], problems), null, true, failure), _folder.Path);

        Assert.Equal((state, detail), ($"{found.State}", found.Detail));
    }

    [Fact]
    public async Task A_data_folder_is_tested_and_nothing_is_left_in_it()
    {
        var found = await new DataFolderCheck(_folder.Path).RunAsync(CancellationToken.None);

        Assert.NotEqual(FindingState.Warning, found.State);
        Assert.Contains(_folder.Path, found.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_missing_data_folder_and_none_at_all_are_problems()
    {
        Assert.Equal(FindingState.Problem, (await new DataFolderCheck(_folder.In("gone")).RunAsync(CancellationToken.None)).State);
        Assert.Equal(FindingState.Problem, (await new DataFolderCheck("").RunAsync(CancellationToken.None)).State);
    }

    [Fact]
    public void A_full_disk_is_a_problem()
    {
        Assert.Equal(FindingState.Problem, DataFolderCheck.Judge("/data", 5L << 20).State);
        Assert.Equal(Finding.Ok("data", "/data is writable, 2048 MiB free"), DataFolderCheck.Judge("/data", 2L << 30));
        Assert.Equal(FindingState.Ok, DataFolderCheck.Judge("/data", null).State);
    }

    [Fact]
    public void A_clock_before_the_installation_is_a_problem()
    {
        Assert.Equal(Finding.Ok("clock", "2026-11-29 12:00 UTC"), ClockCheck.Judge(Installed.AddDays(1), Installed));
        Assert.Equal(FindingState.Ok, ClockCheck.Judge(Installed.AddHours(-12), Installed).State);
        Assert.Equal(FindingState.Problem, ClockCheck.Judge(Installed.AddDays(-2), Installed).State);
        Assert.Equal(FindingState.Warning, ClockCheck.Judge(Installed.AddYears(30), Installed).State);
    }

    [Fact]
    public async Task The_key_is_named_if_it_exists_and_is_never_created()
    {
        Assert.Equal(FindingState.Ok, (await Tls(PeerEncryption.Prefer)).State);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));

        using var identity = KeyFile.LoadOrCreate(_folder.Path);
        Assert.Equal(Finding.Ok("tls", $"required; this peer's key is {identity.KeyId}"), await Tls(PeerEncryption.Require));
    }

    [Fact]
    public async Task Disabled_encryption_is_a_warning_and_a_broken_key_is_a_problem()
    {
        Assert.Equal(FindingState.Warning, (await Tls(PeerEncryption.Off)).State);
        File.WriteAllText(_folder.In(KeyFile.Name), "not a key");
        Assert.Equal(FindingState.Problem, (await Tls(PeerEncryption.Prefer)).State);
    }

    [Theory]
    [InlineData("null", "no sound device found", "Warning")]
    [InlineData("pulse", "playing through pulse", "Ok")]
    public void Missing_sound_is_a_warning(string name, string reason, string expected)
    {
        var backend = new AudioBackend(name, reason)
        {
            CreateDecoder = _ => throw new NotSupportedException(),
            CreateOutput = _ => throw new NotSupportedException(),
        };

        var found = SoundCheck.Judge(backend);

        Assert.Equal((expected, reason), ($"{found.State}", found.Detail));
    }

    [Theory]
    [InlineData(256L, "Warning")]
    [InlineData(1024L, "Ok")]
    [InlineData((long)int.MaxValue, "Ok")]
    public async Task A_low_limit_on_open_files_is_a_warning(long limit, string expected) =>
        Assert.Equal(expected, $"{(await new OpenFilesCheck(limit, 16).RunAsync(CancellationToken.None)).State}");

    private static Task<Finding> Music(LibraryStatus? status, params string[] folders) => new MusicCheck(
        [.. folders.Select(MusicRoot.Parse)], status is null ? null : _ => Task.FromResult(status)).RunAsync(CancellationToken.None);

    private Task<Finding> Tls(PeerEncryption encryption) => new TlsCheck(encryption, _folder.Path).RunAsync(CancellationToken.None);
}
