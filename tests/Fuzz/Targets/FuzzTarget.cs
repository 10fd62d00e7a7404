namespace TspActors.Fuzz.Targets;

/// <summary>A parser of untrusted bytes, with the rules that must hold for every input.</summary>
internal abstract class FuzzTarget
{
    /// <summary>The name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Returns the inputs from which the search starts. None of them breaks a rule.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Parses the input and checks the rules.</summary>
    /// <exception cref="BrokenRuleException">The input breaks a rule. Any other exception is a finding as well.</exception>
    public abstract void Run(byte[] input);

    /// <summary>Returns the maximum number of bytes that parsing and checking an input of this length may allocate.</summary>
    public virtual long MaxAllocated(int inputLength) => (256 << 10) + 64L * inputLength;
}
