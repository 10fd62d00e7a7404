using System.Buffers.Binary;
using FsCheck.Xunit;
using TspActors.Media.Mp3;

namespace TspActors.Media.Tests;

/// <summary>Places in a song of variable bitrate.</summary>
public sealed class SeekTableSpecs
{
    private static readonly byte[] Halves = [.. Enumerable.Range(0, 100).Select(percent => (byte)(percent < 50 ? percent : 50 + (percent - 50) * 4))];

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.25, 25_000)]
    [InlineData(0.255, 25_500)]
    [InlineData(0.75, 150_000)]
    [InlineData(1.0, 256_000)]
    [InlineData(7.0, 256_000)]
    public void A_time_is_where_the_table_says(double share, long offset) =>
        Assert.Equal(offset, SeekTable.Read(Head("Xing", 7, Halves))!.OffsetOf(share, 256_000));

    [Fact]
    public void Fields_that_are_left_out_move_the_table()
    {
        Assert.Equal(25_000, SeekTable.Read(Head("Xing", 4, Halves))!.OffsetOf(0.25, 256_000));
        Assert.Equal(25_000, SeekTable.Read(Head("Xing", 5, Halves))!.OffsetOf(0.25, 256_000));
        Assert.Equal(25_000, SeekTable.Read(Head("Xing", 4, Halves, crc: true))!.OffsetOf(0.25, 256_000));
    }

    [Fact]
    public void Where_there_is_none_that_makes_sense_there_is_none()
    {
        Assert.Null(SeekTable.Read([]));
        Assert.Null(SeekTable.Read(Head("Info", 7, Halves)));
        Assert.Null(SeekTable.Read(Head("Xing", 3, Halves)));
        Assert.Null(SeekTable.Read(Head("Xing", 7, new byte[100])));
        Assert.Null(SeekTable.Read(Head("Xing", 7, [.. Halves.Reverse()])));
        Assert.Null(SeekTable.Read(Head("Xing", 7, Halves).AsSpan()[..100]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_table_of_Fraunhofers_encoder_gives_the_bytes_of_equal_parts(int entrySize)
    {
        // Ten parts: the first five take 10 units of 100 bytes each, the others 30.
        var head = Vbri(20_000, 100, entrySize, 10, 10, 10, 10, 10, 30, 30, 30, 30, 30);

        var table = SeekTable.Read(head)!;

        Assert.Equal(0, table.OffsetOf(0, 20_000));
        Assert.Equal(5_000, table.OffsetOf(0.5, 20_000));
        Assert.Equal(6_500, table.OffsetOf(0.55, 20_000));
        Assert.Equal(20_000, table.OffsetOf(1, 20_000));
    }

    [Fact]
    public void A_table_of_Fraunhofers_encoder_that_does_not_fit_the_song_is_none()
    {
        Assert.Null(SeekTable.Read(Vbri(20_000, 100, 2)));
        Assert.Null(SeekTable.Read(Vbri(20_000, 0, 2, 100, 100)));
        Assert.Null(SeekTable.Read(Vbri(20_000, 100, 2, 10, 10)));
        Assert.Null(SeekTable.Read(Vbri(20_000, 100, 9, 100, 100)));
        Assert.Null(SeekTable.Read(Vbri(20_000, 100, 2, 100, 100).AsSpan()[..65]));
    }

    [Property]
    public bool Any_bytes_are_read_without_harm(byte[] bytes) =>
        SeekTable.Read(bytes) is null && (SeekTable.Read([.. Head("Xing", 7, Halves)[..40], .. bytes]) is not { } table || table.OffsetOf(0.5, 1_000) is >= 0 and <= 1_000);

    private static byte[] Vbri(int bytes, int scale, int entrySize, params int[] parts)
    {
        var head = new byte[62 + parts.Length * Math.Min(entrySize, 4)];
        new byte[] { 0xFF, 0xFB, 0x90, 0x00 }.CopyTo(head, 0);
        "VBRI"u8.CopyTo(head.AsSpan(36));
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(46), bytes);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(54), (ushort)parts.Length);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(56), (ushort)scale);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(58), (ushort)entrySize);
        for (var part = 0; part < parts.Length && entrySize <= 4; part++)
            head[62 + (part + 1) * entrySize - 1] = (byte)parts[part];
        return head;
    }

    private static byte[] Head(string marker, byte flags, byte[] table, bool crc = false)
    {
        byte[] header = [0xFF, (byte)(crc ? 0xFA : 0xFB), 0x90, 0x00];
        byte[] fields = [.. new byte[(flags & 1) * 4], .. new byte[(flags & 2) * 2]];
        return [.. header, .. new byte[crc ? 2 : 0], .. new byte[32], .. System.Text.Encoding.ASCII.GetBytes(marker), 0, 0, 0, flags, .. fields, .. table, .. new byte[60]];
    }
}
