using TspActors.Protocol;

namespace TspActors.Tracker.Tests;

/// <summary>Checks that the tracker's port accepts TLS next to plain connections.</summary>
public sealed class TlsPortSpecs : TrackerSpec
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-tracker-").FullName;

    protected override TrackerSettings Settings => Patient with { DataFolder = Path.Combine(_folder, "data") };

    [Fact]
    public async Task A_list_is_answered_in_plain_and_over_TLS()
    {
        var plain = await Connect();
        await plain.Send(Operation.List);
        await plain.Expect<SongPage>(Operation.List);

        var secure = await Connect();
        await secure.StartTls();
        Assert.Equal(_tracker.KeyId, secure.RemoteKey);
        await secure.Send(Operation.List);
        await secure.Expect<SongPage>(Operation.List);
    }

    [Fact]
    public async Task The_key_survives_a_restart_in_the_data_folder()
    {
        var first = _tracker.KeyId;
        await System.Terminate();
        await StartTracker(Settings);
        Assert.Equal(first, _tracker.KeyId);
    }

    [Fact]
    public async Task Without_a_data_folder_the_key_lasts_for_one_run()
    {
        var kept = _tracker.KeyId;
        await StartTracker(Patient);
        Assert.NotEqual(kept, _tracker.KeyId);
        var secure = await Connect();
        await secure.StartTls();
        Assert.Equal(_tracker.KeyId, secure.RemoteKey);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
