using Akka.Event;
using TspActors.Gateway.Media;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Media;

public sealed class BlockCacheSpecs : IDisposable
{
    private static readonly Block First = new(new ContentHash(new byte[32]), 0);
    private static readonly byte[] Bytes = [1, 2, 3];

    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-cache").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_block_survives_a_restart()
    {
        await FillAsync();
        Assert.Equal(Bytes, await FindAsync());
    }

    [Fact]
    public async Task A_damaged_file_is_never_served()
    {
        await FillAsync();
        var file = Directory.GetFiles(_folder).Single();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        Assert.Empty(await FindAsync());
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_file_under_the_name_of_another_block_is_never_served()
    {
        await FillAsync();
        File.Move(Directory.GetFiles(_folder).Single(), Path.Combine(_folder, (First with { Index = 1 }).FileName));
        Assert.Empty(await FindAsync(First with { Index = 1 }));
    }

    [Fact]
    public async Task Foreign_files_stay_where_they_are()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "x.block"), "hello");
        await FillAsync();
        Assert.True(File.Exists(Path.Combine(_folder, "x.block")));
    }

    [Fact]
    public async Task The_oldest_blocks_make_room()
    {
        await using (var disk = new DiskBlocks(_folder, 100, NoLogger.Instance))
        {
            for (var index = 0; index < 5; index++)
                disk.Add(First with { Index = index }, Bytes);
        }

        var kept = Directory.GetFiles(_folder).Select(file => Block.TryParse(Path.GetFileName(file), out var block) ? block.Index : -1)
            .Order();
        Assert.Equal(new long[] { 3, 4 }, kept.ToArray());
    }

    [Fact]
    public async Task A_block_of_the_wrong_length_makes_room_for_the_right_one()
    {
        await FillAsync();
        byte[] right = [1, 2, 3, 4];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using (var cache = new BlockCache(_folder, 0, 1000, NoLogger.Instance))
        {
            // The files of earlier runs are listed in the background.
            while ((await cache.FindAsync(First, Bytes.Length, deadline.Token)).IsEmpty)
                await Task.Yield();
            Assert.True((await cache.FindAsync(First, right.Length, deadline.Token)).IsEmpty);
            cache.Add(First, right);
        }

        Assert.Equal(right, await FindAsync());
    }

    private async Task FillAsync()
    {
        await using var disk = new DiskBlocks(_folder, 1000, NoLogger.Instance);
        disk.Add(First, Bytes);
    }

    private Task<byte[]> FindAsync() => FindAsync(First);

    private async Task<byte[]> FindAsync(Block block)
    {
        await using var disk = new DiskBlocks(_folder, 1000, NoLogger.Instance);
        await disk.Listed;
        return await disk.ReadAsync(block, CancellationToken.None) ?? [];
    }
}
