using TspActors.Peer.Live.Stations;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Checks the file where a station keeps its place.</summary>
public sealed class StationFileSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_state_that_was_written_is_read_back_unchanged()
    {
        var state = new StationState(ulong.MaxValue)
        {
            Played = 12,
            Current = 0xFEDC_BA98_7654_3210,
            Recent = [new Play(5, 3), new Play(6, 12)],
        };
        StationFile.Write(_folder.In("a"), state);
        StationFile.Write(_folder.In("a"), state);

        var read = StationFile.Read(_folder.In("a"), out var problem)!;

        Assert.Null(problem);
        Assert.Equal((state.Seed, state.Played, state.Current), (read.Seed, read.Played, read.Current));
        Assert.Equal(state.Recent, read.Recent);
        Assert.Equal([_folder.In("a")], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_missing_file_is_not_a_problem()
    {
        Assert.Null(StationFile.Read(_folder.In("a"), out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"seed\": -1}")]
    [InlineData("{\"seed\": 1, \"played\": -1}")]
    [InlineData("{\"seed\": 1, \"played\": 2, \"current\": \"song\"}")]
    [InlineData("{\"seed\": 1, \"played\": 2, \"recent\": [null]}")]
    [InlineData("{\"seed\": 1, \"played\": 2, \"recent\": [\"1 2 3\"]}")]
    [InlineData("{\"seed\": 1, \"played\": 2, \"recent\": [\"1 2\", \"2 1\"]}")]
    [InlineData("{\"seed\": 1, \"played\": 2, \"recent\": [\"1 3\"]}")]
    [InlineData("{\"seed\": 1, \"played\": 2, \"recent\": [\"1 99999999999999999999\"]}")]
    public void A_damaged_file_is_ignored_and_the_reason_is_reported(string text)
    {
        File.WriteAllText(_folder.In("a"), text);

        Assert.Null(StationFile.Read(_folder.In("a"), out var problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read()
    {
        File.WriteAllText(_folder.In("a"), "{\"seed\": 1, \"played\": 2}" + new string(' ', StationFile.MaxBytes));

        Assert.Null(StationFile.Read(_folder.In("a"), out var problem));
        Assert.Equal("it is empty or too long", problem);
    }

    [Fact]
    public void The_longest_history_fits_into_the_file()
    {
        var plays = Enumerable.Range(0, PlayHistory.MaxSongs).Select(i => new Play(ulong.MaxValue - (ulong)i, long.MaxValue - 20_000 + i));
        StationFile.Write(_folder.In("a"), new StationState(1) { Played = long.MaxValue, Recent = [.. plays] });

        Assert.Equal(PlayHistory.MaxSongs, StationFile.Read(_folder.In("a"), out _)!.Recent.Count);
    }
}
