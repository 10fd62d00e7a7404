namespace TspActors.Playback.Mpg123;

/// <summary>Decodes with libmpg123 in feed mode.</summary>
/// <remarks>Trims the encoder's delay and padding where the song's info frame states them.</remarks>
internal sealed class Mpg123Decoder : IMp3Decoder
{
    // After this many errors without a sample in between, the library is restarted, so that it does not hoard garbage.
    private const int ErrorsBeforeFreshStart = 64;

    private readonly Mpg123Library.Handle _handle;
    private readonly bool _keepFirstFormat;
    private int _errors;
    private bool _formatFixed;
    private bool _newFormat;

    /// <param name="keepFirstFormat">Converts all samples to the format of the first frame, because a WAV file can have only one.</param>
    internal Mpg123Decoder(bool keepFirstFormat = false)
    {
        _keepFirstFormat = keepFirstFormat;
        _handle = Mpg123Library.New(null, out var error);
        if (_handle.IsInvalid)
            throw new InvalidOperationException($"libmpg123 gives no decoder (error {error}).");
        Mpg123Library.SetParameter(_handle, Mpg123Library.ParamAddFlags, Mpg123Library.FlagQuiet, 0);
        Mpg123Library.SetParameter(_handle, Mpg123Library.ParamResyncLimit, -1, 0);
        Reset();
    }

    public PcmFormat Format { get; private set; }

    public void Feed(ReadOnlySpan<byte> mp3)
    {
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
        // The change may arrive together with the last samples of the old format, which must not be lost.
        _newFormat = result == Mpg123Library.NewFormat;
        written = (int)done;
        if (written > 0)
        {
            _errors = 0;
            return DecodeStep.Pcm;
        }

        if (_newFormat)
            return Read(pcm, out written);
        if (result is not (Mpg123Library.Ok or Mpg123Library.NeedMore) && ++_errors >= ErrorsBeforeFreshStart)
            Reset();
        return DecodeStep.NeedMore;
    }

    // Feed mode holds nothing back at the end (checked against the program's output), so there is nothing to flush.
    public void Complete()
    {
    }

    public void Reset()
    {
        _errors = 0;
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
            throw new InvalidOperationException("libmpg123 gives no 16-bit samples.");
        Format = new PcmFormat((int)rate, channels);
        if (!_keepFirstFormat || _formatFixed)
            return;
        // The table takes effect at the next change of format, which is the one to convert.
        Mpg123Library.ForbidAllFormats(_handle);
        Mpg123Library.AllowFormat(_handle, rate, channels, Mpg123Library.EncodingSigned16);
        _formatFixed = true;
    }
}
