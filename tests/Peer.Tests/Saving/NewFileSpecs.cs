using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Saving;

public sealed class NewFileSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Of_several_files_renamed_to_one_name_at_the_same_time_one_succeeds_and_none_is_lost()
    {
        const int rounds = 500, movers = 3;
        using var start = new Barrier(movers);
        var moved = await Task.WhenAll(Enumerable.Range(0, movers).Select(mover => Task.Factory.StartNew(
            () => Enumerable.Range(0, rounds).Select(round =>
            {
                var own = _folder.In($"{round} {mover}");
                File.WriteAllText(own, $"{mover}");
                start.SignalAndWait();
                try
                {
                    NewFile.Move(own, _folder.In($"{round}"));
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            }).ToArray(),
            TaskCreationOptions.LongRunning))).WaitAsync(TimeSpan.FromMinutes(3));

        Assert.All(Enumerable.Range(0, rounds), round =>
        {
            var winner = Assert.Single(Enumerable.Range(0, movers), mover => moved[mover][round]);
            Assert.Equal($"{winner}", File.ReadAllText(_folder.In($"{round}")));
            Assert.Equal(movers - 1, Enumerable.Range(0, movers).Count(mover => File.Exists(_folder.In($"{round} {mover}"))));
        });
    }

    [Fact]
    public void If_the_file_to_rename_is_missing_nothing_is_left_under_the_new_name()
    {
        Assert.ThrowsAny<IOException>(() => NewFile.Move(_folder.In("missing"), _folder.In("new")));

        Assert.False(File.Exists(_folder.In("new")));
    }

    public void Dispose() => _folder.Dispose();
}
