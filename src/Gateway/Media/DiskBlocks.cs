using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Akka.Event;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Gateway.Media;

/// <summary>
/// Blocks of songs as files in a folder, one file each. A file ends in the SHA-256 of its bytes, so a damaged one is never served. Thread-safe.
/// </summary>
/// <remarks>
/// Writing happens in the background, and a full disk only means that less is cached. The files that were used longest ago are deleted.
/// </remarks>
internal sealed class DiskBlocks : IAsyncDisposable
{
    private const int MaxQueued = 64;
    private const string Pattern = "*.block";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly ILoggingAdapter _log;
    private readonly Dictionary<string, LinkedListNode<(string Name, long Length)>> _files = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, long Length)> _byUse = [];
    private readonly Channel<(string Name, byte[] Bytes)> _writes = Channel.CreateBounded<(string, byte[])>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Task _writing;
    private long _bytes;

    /// <param name="folder">The folder, which is created.</param>
    /// <param name="maxBytes">The maximum size of all files.</param>
    /// <param name="log">Receives a warning when the folder cannot be written.</param>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public DiskBlocks(string folder, long maxBytes, ILoggingAdapter log)
    {
        (_folder, _maxBytes, _log) = (folder, maxBytes, log);
        PrivateFile.CreateFolder(folder);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(Pattern).OrderByDescending(file => file.LastWriteTimeUtc))
        {
            _files[file.Name] = _byUse.AddLast((file.Name, file.Length));
            _bytes += file.Length;
        }

        Shrink();
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Reads a block; null = it is not there, or it is damaged.</summary>
    public byte[]? Read(ContentHash song, int block, int length)
    {
        var name = NameOf(song, block);
        lock (_lock)
        {
            if (!_files.TryGetValue(name, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }

        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(_folder, name));
            if (bytes.Length == length + SHA256.HashSizeInBytes
                && SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
                return bytes[..length];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.Debug("the cached block {0} cannot be read: {1}", name, error.Message);
        }

        Forget(name);
        return null;
    }

    /// <summary>Writes a block in the background. If the disk is too slow, the block is not written.</summary>
    public void Write(ContentHash song, int block, byte[] bytes)
    {
        var name = NameOf(song, block);
        lock (_lock)
        {
            if (_files.ContainsKey(name))
                return;
        }

        _writes.Writer.TryWrite((name, bytes));
    }

    /// <summary>Writes what is queued, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        var isFailing = false;
        await foreach (var (name, bytes) in _writes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            var path = Path.Combine(_folder, name);
            try
            {
                using (var file = PrivateFile.Open(path, FileMode.Create, FileAccess.Write))
                {
                    file.Write(bytes);
                    file.Write(SHA256.HashData(bytes));
                }

                isFailing = false;
                lock (_lock)
                {
                    var length = bytes.Length + (long)SHA256.HashSizeInBytes;
                    if (_files.TryAdd(name, _byUse.AddFirst((name, length))))
                        _bytes += length;
                    else
                        _byUse.RemoveFirst();
                }

                Shrink();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (!isFailing)
                    _log.Warning("The gateway cannot cache songs in {0}: {1}. It goes on without.", _folder, error.Message);
                isFailing = true;
            }
        }
    }

    private void Shrink()
    {
        while (true)
        {
            string name;
            lock (_lock)
            {
                if (_bytes <= _maxBytes || _byUse.Last is not { } oldest)
                    return;
                name = oldest.Value.Name;
            }

            Forget(name);
        }
    }

    private void Forget(string name)
    {
        lock (_lock)
        {
            if (!_files.Remove(name, out var node))
                return;
            _byUse.Remove(node);
            _bytes -= node.Value.Length;
        }

        try
        {
            File.Delete(Path.Combine(_folder, name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.Debug("the cached block {0} cannot be deleted: {1}", name, error.Message);
        }
    }

    private static string NameOf(ContentHash song, int block) => string.Create(CultureInfo.InvariantCulture, $"{song}-{block}.block");
}
