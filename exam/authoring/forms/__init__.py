"""The shape of what trainers type: questions, exams, course pages."""
