using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Mp3;

/// <summary>Reads from a file at given offsets. A read fills the whole buffer unless the file ends.</summary>
internal static class FileBytes
{
    /// <summary>
    /// Reads at <paramref name="offset"/> until <paramref name="buffer"/> is full or the file ends. Returns the number of bytes read.
    /// </summary>
    public static int ReadFully(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = RandomAccess.Read(file, buffer[total..], offset + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    /// <summary>Returns true when the file contains exactly <paramref name="expected"/> at <paramref name="offset"/>.</summary>
    public static bool Matches(SafeFileHandle file, long offset, ReadOnlySpan<byte> expected)
    {
        Span<byte> bytes = stackalloc byte[expected.Length];
        return offset >= 0 && ReadFully(file, bytes, offset) == bytes.Length && bytes.SequenceEqual(expected);
    }
}
