using TspActors.Media.Library;

namespace TspActors.Benchmarks.Load;

/// <summary>The song that the listeners should receive, and the rate at which its bytes are due.</summary>
internal sealed class ExpectedSong
{
    private ExpectedSong(byte[] bytes, double bytesPerSecond) => (Bytes, BytesPerSecond) = (bytes, bytesPerSecond);

    public byte[] Bytes { get; }

    public double BytesPerSecond { get; }

    /// <exception cref="InvalidDataException">The file contains no song.</exception>
    public static ExpectedSong Of(LoadOptions options)
    {
        if (SongFile.Read(options.File).Entry is not SongFile song)
            throw new InvalidDataException($"{options.File} is not an MP3");
        var bytes = File.ReadAllBytes(options.File);
        var rate = song.PayloadLength * 1000.0 / song.Format.DurationMs;
        return new ExpectedSong(
            options.IsHttp ? bytes : bytes[(int)song.PayloadOffset..(int)(song.PayloadOffset + song.PayloadLength)], rate);
    }
}
