using Microsoft.Win32.SafeHandles;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Saves a song to a file: beside it first, under its name only when all of it is there and proven.</summary>
internal sealed class FileSink : ISongSink
{
    private readonly string _path;
    private readonly string _partPath;
    private readonly SafeFileHandle _file;
    private long _written;
    private volatile bool _saved;

    private FileSink(string path, string partPath, SafeFileHandle file)
    {
        _path = path;
        _partPath = partPath;
        _file = file;
    }

    /// <summary>Creates the file beside <paramref name="path"/>.</summary>
    /// <exception cref="IOException">It cannot be created; the message is for people.</exception>
    public static FileSink Create(string path)
    {
        var part = path + ".part";
        if (path.Length == 0)
            throw new IOException("the file to save to has no name: name one");
        try
        {
            if (Directory.Exists(path))
                throw new IOException($"{path} is a folder: name a file");
            return new FileSink(path, part, File.OpenHandle(part, FileMode.Create, FileAccess.Write, FileShare.None, options: FileOptions.Asynchronous));
        }
        catch (Exception error) when (error is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new IOException(
                error is DirectoryNotFoundException ? $"the folder of {path} does not exist" : $"there is no permission to write {path}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, _written, cancellation).ConfigureAwait(false);
            _written += bytes.Length;
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw Explain(error);
        }
    }

    /// <inheritdoc/>
    // A slow disk takes its time: it is waited for on a thread of the pool.
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation) => await Task.Run(Save, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        if (!_saved)
            File.Delete(_partPath);
        return ValueTask.CompletedTask;
    }

    private void Save()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
            _file.Dispose();
            File.Move(_partPath, _path, overwrite: true);
            _saved = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw Explain(error);
        }
    }

    private IOException Explain(Exception error) =>
        new($"{_path} cannot be written: {error.Message.Replace(_partPath, "it", StringComparison.Ordinal)}", error);
}
