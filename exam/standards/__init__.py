"""What a just-good-enough newcomer gets right, by the judgement of the trainers: the evidence for the pass mark."""
