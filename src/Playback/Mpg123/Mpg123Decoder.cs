namespace TspActors.Playback.Mpg123;

/// <summary>An MP3 decoder that uses libmpg123 in feed mode.</summary>
/// <remarks>It trims the encoder's delay and padding if the song's info frame specifies them.</remarks>
internal sealed class Mpg123Decoder : IMp3Decoder
{
    // After this many errors with no sample in between, decoding is restarted, so that the library does not accumulate garbage.
    private const int ErrorsBeforeFreshStart = 64;

    // More bytes than can lie between two frames. libmpg123 buffers anything that looks like a tag, and a tag can claim to be 256 MB long.
    private const int BytesBeforeFreshStart = 256 * 1024;

    private readonly Mpg123Library.Handle _handle;
    private int _errors;
    private int _silentBytes;
    private bool _newFormat;

    internal Mpg123Decoder()
    {
        _handle = Mpg123Library.New(null, out var error);
        if (_handle.IsInvalid)
            throw new InvalidOperationException($"libmpg123 cannot create a decoder (error {error}).");
        Mpg123Library.SetParameter(_handle, Mpg123Library.ParamAddFlags, Mpg123Library.FlagQuiet, 0);
        Mpg123Library.SetParameter(_handle, Mpg123Library.ParamResyncLimit, -1, 0);
        Reset();
    }

    public PcmFormat Format { get; private set; }

    public void Feed(ReadOnlySpan<byte> mp3)
    {
        if (_silentBytes > BytesBeforeFreshStart)
            Reset();
        _silentBytes += mp3.Length;
        if (!mp3.IsEmpty && Mpg123Library.Feed(_handle, mp3, (nuint)mp3.Length) != Mpg123Library.Ok)
            Reset();
    }

    public DecodeStep Read(Span<byte> pcm, out int written)
    {
        written = 0;
        if (_newFormat)
        {
            _newFormat = false;
            AdoptFormat();
            return DecodeStep.NewFormat;
        }

        var result = Mpg123Library.Read(_handle, pcm, (nuint)pcm.Length, out var done);
        // A new format may be reported together with the last samples of the old one. Those samples must not be lost.
        _newFormat = result == Mpg123Library.NewFormat;
        written = (int)done;
        if (written > 0)
        {
            (_errors, _silentBytes) = (0, 0);
            return DecodeStep.Pcm;
        }

        if (_newFormat)
            return Read(pcm, out written);
        if (result is not (Mpg123Library.Ok or Mpg123Library.NeedMore) && ++_errors >= ErrorsBeforeFreshStart)
            Reset();
        return DecodeStep.NeedMore;
    }

    // Nothing needs flushing: in feed mode, libmpg123 holds back no samples at the end, as a comparison with the mpg123 program showed.
    public void Complete()
    {
    }

    public void Reset()
    {
        (_errors, _silentBytes) = (0, 0);
        _newFormat = false;
        var result = Mpg123Library.OpenFeed(_handle);
        if (result != Mpg123Library.Ok)
            throw new InvalidOperationException($"libmpg123 cannot start decoding (error {result}).");
    }

    public void Dispose() => _handle.Dispose();

    private void AdoptFormat()
    {
        if (Mpg123Library.GetFormat(_handle, out var rate, out var channels, out var encoding) != Mpg123Library.Ok
            || encoding != Mpg123Library.EncodingSigned16)
            throw new InvalidOperationException("libmpg123 does not produce 16-bit samples.");
        Format = new PcmFormat((int)rate, channels);
    }
}
