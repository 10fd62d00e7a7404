using TspActors.SoundCheck;

// play AUDIO A B C: plays three songs with a pause, a seek and changes of song and format.
// lose AUDIO A: plays one song, during which the sound server is killed and started again.
// compare RECORDING A B C, found RECORDING A, whole RECORDING A: compares what was recorded with the samples of the songs.
// All recordings and references are 16-bit stereo samples at 44,100 Hz.
return args switch
{
    ["play", var audio, var a, var b, var c] => await Scenario.PlayAsync(audio, a, b, c),
    ["lose", var audio, var a] => await Scenario.LoseAsync(audio, a),
    ["compare", var recording, var a, var b, var c] => Comparison.OfScenario(recording, a, b, c),
    ["found", var recording, var a] => Comparison.OfTheEnd(recording, a),
    ["whole", var recording, var a] => Comparison.OfTheWhole(recording, a),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: SoundCheck play|lose|compare|found|whole ..., see run.sh");
    return 2;
}
