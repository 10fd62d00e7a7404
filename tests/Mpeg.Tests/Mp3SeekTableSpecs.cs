using System.Buffers.Binary;
using FsCheck.Xunit;

namespace TspActors.Mpeg.Tests;

/// <summary>Checks how the seek tables in Xing and VBRI frames are read.</summary>
public sealed class Mp3SeekTableSpecs
{
    private static readonly byte[] Halves =
        [.. Enumerable.Range(0, 100).Select(percent => (byte)(percent < 50 ? percent : 50 + (percent - 50) * 4))];

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.25, 25_000)]
    [InlineData(0.255, 25_500)]
    [InlineData(0.75, 150_000)]
    [InlineData(1.0, 256_000)]
    [InlineData(7.0, 256_000)]
    public void Finds_the_offset_for_a_time_in_the_table(double fraction, long offset) =>
        Assert.Equal(offset, Mp3SeekTable.Read(Head("Xing", 7, Halves))!.FindOffset(fraction, 256_000));

    [Fact]
    public void Finds_the_table_when_fields_are_omitted_or_a_checksum_precedes_it()
    {
        Assert.Equal(25_000, Mp3SeekTable.Read(Head("Xing", 4, Halves))!.FindOffset(0.25, 256_000));
        Assert.Equal(25_000, Mp3SeekTable.Read(Head("Xing", 5, Halves))!.FindOffset(0.25, 256_000));
        Assert.Equal(25_000, Mp3SeekTable.Read(Head("Xing", 4, Halves, crc: true))!.FindOffset(0.25, 256_000));
    }

    [Fact]
    public void Rejects_a_missing_or_implausible_table()
    {
        Assert.Null(Mp3SeekTable.Read([]));
        Assert.Null(Mp3SeekTable.Read(Head("Info", 7, Halves)));
        Assert.Null(Mp3SeekTable.Read(Head("Xing", 3, Halves)));
        Assert.Null(Mp3SeekTable.Read(Head("Xing", 7, new byte[100])));
        Assert.Null(Mp3SeekTable.Read(Head("Xing", 7, [.. Halves.Reverse()])));
        Assert.Null(Mp3SeekTable.Read(Head("Xing", 7, Halves).AsSpan()[..100]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Reads_the_step_lengths_written_by_the_Fraunhofer_encoder(int entrySize)
    {
        // Ten steps: the first five take 10 units of 100 bytes each, the others 30.
        var head = Vbri(20_000, 100, entrySize, 10, 10, 10, 10, 10, 30, 30, 30, 30, 30);

        var table = Mp3SeekTable.Read(head)!;

        Assert.Equal(0, table.FindOffset(0, 20_000));
        Assert.Equal(5_000, table.FindOffset(0.5, 20_000));
        Assert.Equal(6_500, table.FindOffset(0.55, 20_000));
        Assert.Equal(20_000, table.FindOffset(1, 20_000));
    }

    [Fact]
    public void Rejects_step_lengths_that_do_not_add_up_to_the_song()
    {
        Assert.Null(Mp3SeekTable.Read(Vbri(20_000, 100, 2)));
        Assert.Null(Mp3SeekTable.Read(Vbri(20_000, 0, 2, 100, 100)));
        Assert.Null(Mp3SeekTable.Read(Vbri(20_000, 100, 2, 10, 10)));
        Assert.Null(Mp3SeekTable.Read(Vbri(20_000, 100, 9, 100, 100)));
        Assert.Null(Mp3SeekTable.Read(Vbri(20_000, 100, 2, 100, 100).AsSpan()[..65]));
    }

    [Property]
    public bool Arbitrary_bytes_never_make_the_reader_throw(byte[] bytes) =>
        Mp3SeekTable.Read(bytes) is null
            && (Mp3SeekTable.Read([.. Head("Xing", 7, Halves)[..40], .. bytes]) is not { } table
                || table.FindOffset(0.5, 1_000) is >= 0 and <= 1_000);

    private static byte[] Vbri(int bytes, int scale, int entrySize, params int[] steps)
    {
        var head = new byte[62 + steps.Length * Math.Min(entrySize, 4)];
        new byte[] { 0xFF, 0xFB, 0x90, 0x00 }.CopyTo(head, 0);
        "VBRI"u8.CopyTo(head.AsSpan(36));
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(46), bytes);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(54), (ushort)steps.Length);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(56), (ushort)scale);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(58), (ushort)entrySize);
        for (var step = 0; step < steps.Length && entrySize <= 4; step++)
            head[62 + (step + 1) * entrySize - 1] = (byte)steps[step];
        return head;
    }

    private static byte[] Head(string marker, byte flags, byte[] table, bool crc = false)
    {
        byte[] header = [0xFF, (byte)(crc ? 0xFA : 0xFB), 0x90, 0x00];
        byte[] fields = [.. new byte[(flags & 1) * 4], .. new byte[(flags & 2) * 2]];
        return [.. header, .. new byte[crc ? 2 : 0], .. new byte[32], .. System.Text.Encoding.ASCII.GetBytes(marker), 0, 0, 0, flags,
            .. fields, .. table, .. new byte[60]];
    }
}
