using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>The result of opening a song's file for streaming.</summary>
public abstract record PayloadOpening
{
    private PayloadOpening()
    {
    }

    /// <summary>The file is open. The caller must dispose of the reader.</summary>
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

    private long _changedTicks;

    private PayloadReader(SafeFileHandle file, SongFile song, FileStat stat) =>
        (_file, _song, _changedTicks) = (file, song, stat.ChangedTicks);

    /// <summary>The length of the payload in bytes.</summary>
    public long Length => _song.PayloadLength;

    /// <summary>
    /// Opens the file of <paramref name="song"/> and checks that it is unchanged. Never throws because of the file's state.
    /// </summary>
    public static PayloadOpening Open(SongFile song)
    {
        try
        {
            // The file is checked before it is opened, because the path may now refer to something else, such as a pipe.
            if (FileStat.Read(song.Path) is not { } stat)
                return new PayloadOpening.Vanished();
            if (!stat.IsSame(song.Stat))
                return new PayloadOpening.Changed();
            var file = File.OpenHandle(
                song.Path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.Asynchronous);
            if (FileStat.Read(file) is var opened && opened.IsSame(song.Stat))
                return new PayloadOpening.Opened(new PayloadReader(file, song, opened));
            file.Dispose();
            return new PayloadOpening.Changed();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new PayloadOpening.Vanished();
        }
        catch (UnauthorizedAccessException)
        {
            return new PayloadOpening.Unreadable("the program does not have permission to read it");
        }
        catch (IOException error)
        {
            return new PayloadOpening.Unreadable(error.Message.Replace(song.Path, "it", StringComparison.Ordinal));
        }
    }

    /// <summary>
    /// Returns true while the open file still has the content that was hashed, even if the file was renamed or deleted.
    /// </summary>
    public bool IsUnchanged()
    {
        if (FileStatus.Read(_file) is not { } status)
            return FileStat.Read(_file).IsSame(_song.Stat);
        if (status.Length != _song.Stat.Length || status.ModifiedTicks != _song.Stat.ModifiedTicks)
            return false;
        // A rename also changes a file's status. But if the file is still at its path, the change may have been a write.
        if (status.ChangedTicks != Volatile.Read(ref _changedTicks))
        {
            if (_song.Stat.HasIdentity && IsAtItsPath(status))
                return false;
            Volatile.Write(ref _changedTicks, status.ChangedTicks);
        }

        return true;
    }

    /// <summary>Reads payload bytes from <paramref name="payloadOffset"/> until the buffer is full or the payload ends.</summary>
    /// <returns>The number of bytes read. If it is smaller than requested and the payload has not ended, the file was truncated.</returns>
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

    private bool IsAtItsPath(FileStatus status)
    {
        try
        {
            return FileStatus.Read(_song.Path, followsLinks: true) is { } found && found.IsSameFile(status);
        }
        catch (IOException)
        {
            // The links now form a cycle.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
