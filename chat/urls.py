from django.urls import path

from chat import views

urlpatterns = [
    path("sessions/<isodate:date>/room/", views.room, name="room"),
    path("rehearsals/<int:rehearsal_id>/room/", views.room, name="rehearsal-room"),
]
