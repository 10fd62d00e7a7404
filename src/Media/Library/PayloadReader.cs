using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>The outcome of opening a song's file for streaming.</summary>
public abstract record PayloadOpening
{
    private PayloadOpening()
    {
    }

    /// <summary>The file is open. The caller must dispose the reader.</summary>
    public sealed record Opened(PayloadReader Reader) : PayloadOpening;

    /// <summary>The file has changed since it was hashed. It must not be served, and the library is out of date.</summary>
    public sealed record Changed : PayloadOpening;

    /// <summary>The file is gone.</summary>
    public sealed record Vanished : PayloadOpening;

    /// <summary>The file cannot be read; <paramref name="Text"/> says why, without the path.</summary>
    public sealed record Unreadable(string Text) : PayloadOpening;
}

/// <summary>An open song file whose payload can be read at any offset.</summary>
/// <remarks>Reads may run concurrently. None may be running when the reader is disposed.</remarks>
public sealed class PayloadReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly SongFile _song;

    private PayloadReader(SafeFileHandle file, SongFile song) => (_file, _song) = (file, song);

    /// <summary>Length of the payload in bytes.</summary>
    public long Length => _song.PayloadLength;

    /// <summary>
    /// Opens the file of <paramref name="song"/> and checks that it is unchanged. Does not throw, whatever state the file is in.
    /// </summary>
    public static PayloadOpening Open(SongFile song)
    {
        try
        {
            // Checked before opening, because the path may now be something else, such as a pipe.
            if (FileStat.Read(song.Path) is not { } stat)
                return new PayloadOpening.Vanished();
            if (stat != song.Stat)
                return new PayloadOpening.Changed();
            var reader = new PayloadReader(
                File.OpenHandle(song.Path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.Asynchronous), song);
            if (reader.IsUnchanged())
                return new PayloadOpening.Opened(reader);
            reader.Dispose();
            return new PayloadOpening.Changed();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new PayloadOpening.Vanished();
        }
        catch (UnauthorizedAccessException)
        {
            return new PayloadOpening.Unreadable("there is no permission to read it");
        }
        catch (IOException error)
        {
            return new PayloadOpening.Unreadable(error.Message.Replace(song.Path, "it", StringComparison.Ordinal));
        }
    }

    /// <summary>Returns true as long as the open file has the length and time that it had when it was hashed.</summary>
    public bool IsUnchanged() => FileStat.Read(_file) == _song.Stat;

    /// <summary>Reads payload bytes from <paramref name="payloadOffset"/> until the buffer is full or the payload ends.</summary>
    /// <returns>The number of bytes read. Fewer than requested before the end of the payload means that the file was truncated.</returns>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long payloadOffset, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadOffset);
        buffer = buffer[..(int)Math.Clamp(Length - payloadOffset, 0, buffer.Length)];
        var total = 0;
        while (total < buffer.Length)
        {
            var read = await RandomAccess.ReadAsync(
                _file, buffer[total..], _song.PayloadOffset + payloadOffset + total, cancellation).ConfigureAwait(false);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
